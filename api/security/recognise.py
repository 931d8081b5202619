"""From a bearer token to whoever it names: our own tokens, or those of configured issuers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.security import jws, local, outside
from api.security.jwks import KeySets
from api.security.principal import Principal
from api.settings import Issuer
from scheduler.bootstrap import Container
from scheduler.services import accounts


@dataclass(frozen=True)
class Recogniser:
    """Knows the callers of a service."""

    sites: Mapping[str, Container]
    issuers: Sequence[Issuer]
    keys: KeySets

    def __call__(self, token: str) -> Principal:
        """Whoever a token names, with the roles they have now.

        Raises:
            UnauthorisedError: it names nobody.
            BusyError: the keys of an issuer cannot be had now.
        """
        header, claims = jws.unverified(token)
        said = claims.get("iss")
        for site_id, site in self.sites.items():
            if said == local.ISSUER + site_id:
                return local.recognise(site_id, site, token, header, claims)
        for issuer in self.issuers:
            if said == issuer.issuer:
                return self._from_outside(issuer, token, header)
        raise jws.not_valid()

    def _from_outside(self, issuer: Issuer, token: str, header: Mapping[str, object]) -> Principal:
        now = next(iter(self.sites.values())).clock.now()
        found = outside.recognise(issuer, self.keys, token, header, now)
        roles = {
            site_id: roles
            for site_id, roles in found.roles.items()
            if site_id in self.sites and not self._is_shut_out(site_id, found.subject)
        }
        if not roles:
            raise jws.not_valid()
        return Principal(found.subject, roles)

    def _is_shut_out(self, site_id: str, subject: str) -> bool:
        return self.sites[site_id].read(lambda desk: accounts.is_shut_out(desk, subject))
