# ruff: noqa: E501 — pages are easier to read whole
"""Answers that are no content, and statements that only speak of such things."""

from __future__ import annotations

from tests.quality.judge.pages import Statement, Surroundings, page

_MENU = '<header><nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li><li><a href="/about">About us</a></li></ul></nav></header>'
_FOOT = "<footer><p>© 2024 Northmoor Care Trust. All rights reserved.</p><ul><li><a href='/privacy'>Privacy</a></li></ul></footer>"


def bare(title: str, *paragraphs: str, more: str = "") -> bytes:
    text = "".join(f"<p>{p}</p>" for p in paragraphs)
    return f"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1>{text}{more}</body></html>".encode()


def framed(title: str, *paragraphs: str, more: str = "") -> bytes:
    text = "".join(f"<p>{p}</p>" for p in paragraphs)
    return (
        f"<!doctype html><html><head><title>{title} | Northmoor Care Trust</title></head><body>{_MENU}"
        f"<main><h1>{title}</h1>{text}{more}</main>{_FOOT}</body></html>"
    ).encode()


BARRIERS: dict[str, bytes] = {
    "challenge": bare("Just a moment...", "Checking your browser before accessing the site.", "This process is automatic. Your browser will redirect shortly."),
    "challenge with an id": bare("Attention Required!", "Please complete the security check to access www.northmoor.example.", "Why do I have to complete a CAPTCHA? It proves that you are a person and gives you temporary access.", "Ray ID: 7c1d2e3f4a5b"),
    "human check": bare("www.northmoor.example", "Verify you are human by completing the action below.", "www.northmoor.example needs to review the security of your connection before proceeding."),
    "access denied": bare("Access Denied", "You don't have permission to access this page on this server.", "Reference #18.2d351ab8"),
    "forbidden": bare("403 Forbidden", "nginx"),
    "too many requests": bare("Too many requests", "You have sent too many requests in a given amount of time. Please try again later."),
    "gateway": bare("502 Bad Gateway", "nginx/1.18.0"),
    "gateway with furniture": framed("Service unavailable", "The service is temporarily unavailable. Please try again later."),
    "database": bare("Error establishing a database connection"),
    "maintenance": framed("Down for maintenance", "We are carrying out essential maintenance on our website. We'll be back soon.", "Thank you for your patience."),
    "technical difficulties": framed("Sorry, there is a problem", "We are experiencing technical difficulties. Try again later.", "If you need urgent help, ring 111."),
    "something went wrong": framed("Oops! Something went wrong", "An unexpected error has occurred. Please go back to the home page or try again shortly."),
    "server error": bare("Server Error in '/' Application.", "Runtime Error", "An application error occurred on the server. The current custom error settings for this application prevent the details from being viewed remotely."),
    "login": framed("Log in", "Please log in to see this page.", more='<form><label>Email</label><input name="u"><label>Password</label><input type="password" name="p"><button>Log in</button><a href="/f">Forgotten your password?</a></form>'),
    "members": framed("Members only", "This content is for members of the college. Sign in or create an account to continue reading.", more='<form><input type="text"><input type="password"></form>'),
    "session": framed("Your session has expired", "Please sign in again to continue."),
    "consent": bare("Before you continue", "We value your privacy. We and our partners use cookies to store and access information on your device.", "Accept all. Reject all. Manage your choices."),
    "script shell": b'<!doctype html><html><head><title>Northmoor</title></head><body><noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div></body></html>',
    "script words": bare("Northmoor", "JavaScript is required to use this website. Please enable JavaScript in your browser settings."),
    "loading": b"<!doctype html><html><head><title>Northmoor</title></head><body><div id='app'>Loading...</div></body></html>",
    "redirect": bare("Redirecting", "You should be redirected automatically. If not, click here."),
    "nothing": b"",
    "only furniture": f"<html><head><title>Northmoor</title></head><body>{_MENU}<main></main>{_FOOT}</body></html>".encode(),
    "soft 404": framed("Page not found", "Sorry, the page you are looking for could not be found. It may have been moved or removed.", "Try our search or go back to the home page."),
    "soft 404 short": framed("404", "The page you requested does not exist."),
    "soft 404 with help": framed("Page not found", "If you typed the web address, check it is correct.", "If you pasted the web address, check you copied the entire address.", "If the web address is correct, contact us if you need to speak to someone."),
    "soft 404 gone": framed("We can't find that page", "This page no longer exists. You might find what you want from our news page."),
}  # fmt: skip


def speaking_of_it() -> dict[str, bytes]:
    """Real statements about outages, logins, cookies and missing pages; some of them short."""
    said = {
        "Website outage on 3 May": (
            "Our website was unavailable for six hours on Friday 3 May because of a fault at our hosting company.",
            "No records were lost. We are sorry to the 40 people who could not book an appointment, and have written to each of them.",
        ),
        "Planned maintenance of our patient record system": (
            "The patient record system will be offline for planned maintenance from 10pm on Saturday 8 June until 6am on Sunday 9 June 2024.",
            "Wards will use paper notes during that time. Urgent care is not affected.",
        ),
        "Page not found: what happened to our 2019 report": (
            "Several people have told us that the page of our 2019 evaluation could not be found.",
            "It was taken down in March 2021 at the request of the partnership. We have asked for it to be published again, with the figures corrected.",
        ),
        "How we use cookies in our research survey": (
            "The survey that Westvale College ran in June asked members to accept cookies. Eleven of the 300 members told us that they would rather not.",
            "We have removed the cookies, and have deleted what was stored.",
        ),
        "Access denied: patients turned away from urgent care": (
            "A report by Eastmere University finds that 14 people were turned away from urgent care because of a plan they had not seen.",
            "The trust has ended the use of such plans and will apologise to each of the people concerned.",
        ),
        "Changes to how members log in": (
            "From 1 September members will sign in to the library with their college number and a password of their own.",
            "We made this change after a review by our board in May found that shared passwords had been used by 26 people.",
        ),
        "Statement on the removal of a web page": (
            "On 4 May we removed a page about the Steady Steps scheme. It is no longer available because the scheme has ended.",
            "Anyone who would like a copy can write to our records office.",
        ),
        "We have ended the scheme": ("Northmoor Care Trust ended its Steady Steps team on 31 March 2021. No one will be referred to it again.",),
        "A security incident at our partner": (
            "A company that stores some of our letters has told us of unusual activity on its server. It has blocked the account concerned.",
            "We are checking whose letters were affected and will write to each person by the end of June.",
        ),
        "Service unavailable at Alder House": (
            "The drop-in service at Alder House is temporarily unavailable from Monday 6 May while the roof is repaired.",
            "Please ring the duty team on the usual number, or go to Mill Lane, where the same staff are working.",
        ),
    }  # fmt: skip
    pages = {}
    for headline, paragraphs in said.items():
        for style in ("trust", "blog", "divs"):
            pages[f"{headline} ({style})"] = page(style, Statement(headline, "9 May 2024", paragraphs), Surroundings())
    with_login = page("trust", Statement("We have ended the scheme", "9 May 2024", said["Website outage on 3 May"]))
    pages["a log-in form in the header"] = with_login.replace(
        b"<nav><ul>", b'<form>Log in <input name="u"><input type="password"></form><nav><ul>', 1
    )
    return pages
