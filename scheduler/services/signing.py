"""The ring of keys that sign a site's tokens: one signs, the retired ones still verify."""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from scheduler.records_identity import KeyState, SigningKey
from scheduler.services.desk import Desk


def signing_key(desk: Desk) -> SigningKey:
    """The key that signs; the first one is made when it is needed."""
    return desk.uow.identity.keys.active() or _new(desk)


def rotate(desk: Desk, *, revoke: bool = False) -> SigningKey:
    """A new key signs from now on.

    Args:
        desk: the transaction.
        revoke: also refuse what the old keys have signed, as after a theft.
    """
    after = KeyState.REVOKED if revoke else KeyState.RETIRED
    for key in desk.uow.identity.keys.all():
        if key.state is KeyState.ACTIVE or revoke:
            desk.uow.identity.keys.change(key.model_copy(update={"state": after}))
    made = _new(desk)
    desk.audit("key.rotate", made.kid, detail="old tokens refused" if revoke else "")
    return made


def _new(desk: Desk) -> SigningKey:
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = private.public_key()
    key = SigningKey(
        kid=desk.ids.new("key"),
        private_pem=pem,
        public_pem=public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        created_at=desk.now,
    )
    desk.uow.identity.keys.add(key)
    desk.audit("key.add", key.kid)
    return key
