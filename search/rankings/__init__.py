"""Rankings of people, papers, venues and institutions; trends of topics; who publishes with whom."""

from search.rankings.answers import Counted, RankedRow, Ranking, RankingRequest
from search.rankings.partners import PartnerRequest, Partners, partners
from search.rankings.scope import Scope, resolve_scope
from search.rankings.service import Rankings, find_metric, rankings_of
from search.rankings.trends import TopicTrends, TrendRequest, Trends, topic_trends, trends
from search.rankings.years import parse_years, write_years

__all__ = [
    "Counted",
    "PartnerRequest",
    "Partners",
    "RankedRow",
    "Ranking",
    "RankingRequest",
    "Rankings",
    "Scope",
    "TopicTrends",
    "TrendRequest",
    "Trends",
    "find_metric",
    "parse_years",
    "partners",
    "rankings_of",
    "resolve_scope",
    "topic_trends",
    "trends",
    "write_years",
]
