"""What the service says about itself."""

from __future__ import annotations

from pydantic import BaseModel, Field

from ranking.registry import Metric
from search.engine import GenerationInfo

__all__ = ["GenerationModel", "Health", "MetricList", "MetricModel"]


class GenerationModel(BaseModel):
    """The build that answers."""

    id: str
    created: str = Field(description="ISO 8601, UTC.")
    papers: int
    authors: int
    vectors: int = Field(description="Papers that have a vector; 0 when built without.")
    model: str = Field(description="What made the vectors.")
    metrics: list[str] = Field(description="Metrics that can be filtered and sorted by.")

    @classmethod
    def of(cls, info: GenerationInfo) -> GenerationModel:
        """From the generation's manifest."""
        return cls(
            id=info.id,
            created=info.created,
            papers=info.papers,
            authors=info.authors,
            vectors=info.vectors,
            model=info.model,
            metrics=list(info.metrics),
        )


class Health(BaseModel):
    """Whether searches can be answered."""

    status: str = Field(
        description="`ready`; `partial`: some answers lack something, and say so; `empty`: there is no build; "
        "`unavailable`: the engine cannot answer."
    )
    detail: str | None = Field(default=None, description="Why it is not `ready`.")
    version: str
    instance: str = Field(default="", description="This server, as in the ids of its jobs.")
    engine: str = ""
    generation: GenerationModel | None = None


class MetricModel(BaseModel):
    """What a metric means: enough for a tooltip."""

    name: str
    title: str
    entity: str
    unit: str
    description: str
    reference: str
    higher_is_better: bool

    @classmethod
    def of(cls, metric: Metric) -> MetricModel:
        """From the registry."""
        return cls(
            name=metric.name,
            title=metric.title,
            entity=metric.entity.value,
            unit=metric.unit,
            description=metric.description,
            reference=metric.reference,
            higher_is_better=metric.higher_is_better,
        )


class MetricList(BaseModel):
    """Every metric of the registry, by name."""

    results: list[MetricModel]
