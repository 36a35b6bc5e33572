"""One notifier a channel, listed in NOTIFIERS: send(Delivery) -> Receipt."""
