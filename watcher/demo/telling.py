from watcher.demo.fortnight import play


def run(say, *, serve=False):
    import pathlib
    import tempfile
    f=pathlib.Path(tempfile.mkdtemp(prefix="watcher-demo-"))
    say(str(f))
    for told in play(f):
        say(f"## {told.step.at} {told.step.heading}")
        for l in told.lines: say(f"   {l.change} {l.organisation} {l.tier.value} alert={l.is_alert} {l.title} | {l.summary} | {l.trouble}")
        for m in told.messages: say(m)
        say(str(told.summary))
