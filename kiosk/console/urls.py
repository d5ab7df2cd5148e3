"""Every address of the console. A page names the right it needs; the table of routes and roles is tested."""

from django.urls import path

from kiosk.console.account_urls import ADDRESSES
from kiosk.console.intake.api import api
from kiosk.console.views import arrival, changing, desk, oversight, vigilance

urlpatterns = [
    *ADDRESSES,
    path("", desk.home, name="home"),
    path("file/", desk.queue_page, name="queue"),
    path("file/lignes/", desk.queue_part, name="queue-part"),
    path("file/suivant/", desk.call_next, name="call-next"),
    path("appels/<uuid:key>/repondre/", desk.answer_call, name="answer-call"),
    path("arrivees/<uuid:key>/", arrival.show, name="identity"),
    path("arrivees/<uuid:key>/pieces/<int:index>/", arrival.picture, name="picture"),
    path("arrivees/<uuid:key>/prendre/", arrival.take, name="take"),
    path("arrivees/<uuid:key>/qualifier/", arrival.qualify, name="qualify"),
    path("arrivees/<uuid:key>/decision/<slug:action>/", arrival.decide, name="decide"),
    path("arrivees/<uuid:key>/ecarter/", arrival.set_aside, name="set-aside"),
    path("arrivees/<uuid:key>/pause/", arrival.hold, name="hold"),
    path("arrivees/<uuid:key>/rendre/", arrival.release, name="release"),
    path("arrivees/<uuid:key>/parti/", arrival.gone, name="gone"),
    path("arrivees/<uuid:key>/guichet/", arrival.transfer, name="transfer"),
    path("arrivees/<uuid:key>/revenu/", arrival.come_back, name="come-back"),
    path("arrivees/<uuid:key>/annuler/", arrival.undo, name="undo"),
    path("arrivees/<uuid:key>/fiche/", arrival.sheet, name="sheet"),
    path("arrivees/<uuid:key>/interroger/", changing.ask_again, name="ask-again"),
    path("arrivees/<uuid:key>/reponse/", changing.answer_part, name="answer-part"),
    path("arrivees/<uuid:key>/complements/", changing.complete, name="complete"),
    path("arrivees/<uuid:key>/declasser/", changing.downgrade, name="downgrade"),
    path("vigilance/", vigilance.set_aside, name="vigilance"),
    path("vigilance/doublons/", vigilance.pairs, name="pairs"),
    path("vigilance/doublons/<uuid:key>/<uuid:other>/", vigilance.pair, name="pair"),
    path("vigilance/doublons/<uuid:key>/<uuid:other>/dire/", vigilance.judge, name="judge"),
    path("vigilance/verifications/", vigilance.campaigns_page, name="campaigns"),
    path("vigilance/verifications/ouvrir/", vigilance.campaign_start, name="campaign-start"),
    path("vigilance/verifications/arreter/", vigilance.campaign_stop, name="campaign-stop"),
    path("recherche/", oversight.search_page, name="search"),
    path("indicateurs/", oversight.indicators_page, name="indicators"),
    path("bornes/", oversight.terminals, name="terminals"),
    path("journal/", oversight.trail, name="trail"),
    path("journal/export.csv", oversight.trail_export, name="trail-export"),
    path("sante/", oversight.health, name="health"),
    path("metriques", oversight.metrics_page, name="metrics"),
    path("intake/", api.urls),
]
handler403 = "kiosk.console.views.refusals.forbidden"
handler404 = "kiosk.console.views.refusals.not_found"
handler500 = "kiosk.console.views.refusals.broken"
