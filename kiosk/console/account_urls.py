"""The addresses of signing in, of one's own account, of others' accounts and of emergencies."""

from django.urls import path

from kiosk.console.views import accounts, emergencies, own_account, psc, staff_accounts

ADDRESSES = [
    path("connexion/", accounts.sign_in, name="sign-in"),
    path("connexion/cle/", accounts.sign_in_key, name="sign-in-key"),
    path("connexion/psc/", psc.leave, name="psc"),
    path("connexion/psc/retour/", psc.come_back, name="psc-back"),
    path("verrou/", accounts.unlock, name="unlock"),
    path("verrou/cle/", accounts.unlock_key, name="unlock-key"),
    path("verrouiller/", accounts.lock, name="lock"),
    path("veille/", accounts.still_here, name="still-here"),
    path("quitter/", accounts.sign_out, name="sign-out"),
    path("mot-de-passe/", own_account.password, name="password"),
    path("mon-compte/", own_account.show, name="own-account"),
    path("mon-compte/cles/demander/", own_account.ask_key, name="key-ask"),
    path("mon-compte/cles/ajouter/", own_account.add_key, name="key-add"),
    path("mon-compte/cles/<int:number>/retirer/", own_account.remove_key, name="key-remove"),
    path("urgence/", emergencies.take, name="emergency"),
    path("urgence/rendre/", emergencies.give_back, name="emergency-end"),
    path("urgences/", emergencies.show, name="emergencies"),
    path("urgences/<int:number>/verifier/", emergencies.look_into, name="emergency-seen"),
    path("comptes/", staff_accounts.show, name="accounts"),
    path("comptes/ajouter/", staff_accounts.add, name="account-add"),
    path("comptes/<int:number>/renouveler/", staff_accounts.renew, name="account-renew"),
    path("comptes/<int:number>/lier/", staff_accounts.link, name="account-link"),
    path("comptes/<int:number>/fermer/", staff_accounts.close, name="account-close"),
    path("comptes/<int:number>/ouvrir/", staff_accounts.open_again, name="account-open"),
]
