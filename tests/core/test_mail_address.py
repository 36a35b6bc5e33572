import pytest

from watcher.core.errors import AddressError
from watcher.core.mail_address import mail_address


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@northmoor.example", "ada@NorthMoor.EXAMPLE"),
        ("Ada@northmoor.example", "ada@northmoor.example"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@BÜCHER.example", "ada@bücher.example"),
        ("ada@northmoor.example", "  ada@northmoor.example\n"),
    ],
)
def test_spellings_of_one_mailbox_compare_equal(one: str, other: str) -> None:
    assert mail_address(one).key == mail_address(other).key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@northmoor.example", "ada@westvale.example"),
        ("ada@northmoor.example", "ada+sim@northmoor.example"),
        ("a.da@northmoor.example", "ada@northmoor.example"),
    ],
)
def test_different_mailboxes_compare_different(one: str, other: str) -> None:
    assert mail_address(one).key != mail_address(other).key


def test_mail_is_sent_to_what_was_typed() -> None:
    assert mail_address(" Ada.Hale@BÜCHER.example ").typed == "Ada.Hale@BÜCHER.example"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "ada",
        "@northmoor.example",
        "ada@",
        "ada@@northmoor.example",
        "ada@northmoor",
        "ada hale@northmoor.example",
        "Ada Hale <ada@northmoor.example>",
        "ada@northmoor.example, ben@northmoor.example",
        "ada@northmoor.example;ben@northmoor.example",
        "ada@[127.0.0.1]",
        "ada@127.0.0.1",
        "ada@localhost",
        '"ada\r\nBcc: x"@northmoor.example',
        "ada@northmoor.example\r\nBcc: everyone@westvale.example",
        "ada@northmoor.example\nBcc: everyone@westvale.example",
        "ada\x00@northmoor.example",
        "ada@north\u2028moor.example",
        "ada\u202e@northmoor.example",
        "<script>alert(1)</script>@northmoor.example",
        "ada@northmoor.example?bcc=ben@westvale.example",
        "a" * 65 + "@northmoor.example",
        "ada@" + "n" * 250 + ".example",
        "ada@xn--a.example",
        "\udcff@northmoor.example",
    ],
)
def test_what_is_no_address_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(AddressError) as told:
        mail_address(text)
    assert "\r" not in str(told.value)
