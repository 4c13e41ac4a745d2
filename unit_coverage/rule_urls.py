"""Addresses of the rules: who must hold what, read by whoever sees figures, changed by administrators."""

from django.urls import path

from unit_coverage import proposal_views, rule_views, target_views
from unit_coverage.indicators import rule_views as rules

app_name = "rules"
urlpatterns = [
    path("", rule_views.requirements, name="requirements"),
    path("doi-tuong/", rule_views.audiences, name="audiences"),
    path("linh-vuc/", rule_views.tracks, name="tracks"),
    path("minh-chung/", rule_views.evidence, name="evidence"),
    path("minh-chung/them/", rule_views.new_evidence, name="new_evidence"),
    path("minh-chung/<str:code>/", rule_views.evidence_kind, name="evidence_kind"),
    path("minh-chung/<str:code>/phien-ban-moi/", rule_views.change_evidence, name="change_evidence"),
    path("chi-so/", rules.indicators, name="indicators"),
    path("chi-so/them/", rules.new_indicator, name="new_indicator"),
    path("chi-so/<str:code>/", rules.indicator, name="indicator"),
    path("chi-so/<str:code>/phien-ban-moi/", rules.change_indicator, name="change_indicator"),
    path("ky-bao-cao/", rules.periods, name="periods"),
    path("ky-bao-cao/them/", rules.new_period, name="new_period"),
    path("chi-tieu/", target_views.targets, name="targets"),
    path("chi-tieu/them/", target_views.new_target, name="new_target"),
    path("yeu-cau/them/", rule_views.new_requirement, name="new_requirement"),
    path("yeu-cau/<str:code>/", rule_views.requirement, name="requirement"),
    path("yeu-cau/<str:code>/phien-ban-moi/", rule_views.change_requirement, name="change_requirement"),
    path("yeu-cau/<str:code>/ket-thuc/", rule_views.end_requirement, name="end_requirement"),
    path("doi-tuong/them/", rule_views.new_audience, name="new_audience"),
    path("doi-tuong/<str:code>/", rule_views.audience, name="audience"),
    path("doi-tuong/<str:code>/phien-ban-moi/", rule_views.change_audience, name="change_audience"),
    path("linh-vuc/<str:code>/phien-ban-moi/", rule_views.change_track, name="change_track"),
    path("khoa-hoc/<str:code>/thoi-han/", rule_views.change_validity, name="change_validity"),
    path("du-thao/<int:pk>/", proposal_views.proposal, name="proposal"),
    path("du-thao/<int:pk>/csv/", proposal_views.proposal_csv, name="proposal_csv"),
]
