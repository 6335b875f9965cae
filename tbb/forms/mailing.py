"""What can be decided about a letter in the outbox."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired

from tbb.services.outbox import Decision

BOUNCES = {
    "hard": "Adressen finns inte eller är avstängd. Skicka inga fler brev dit.",
    "soft": "Tillfälligt fel, till exempel en full brevlåda. Adressen kan användas igen.",
}
CHOOSE = "Välj vad svaret säger."


class DecisionForm(FlaskForm):
    """A decision: one button for each."""

    decision = StringField(validators=[InputRequired(), AnyOf([decision.value for decision in Decision])])


class BounceForm(FlaskForm):
    """What a returned letter says."""

    kind = RadioField(
        "Vad säger svaret från mottagarens e-postserver?",
        choices=[SelectChoice(value, label) for value, label in BOUNCES.items()],
        validate_choice=False,
        validators=[InputRequired(CHOOSE), AnyOf(BOUNCES, CHOOSE)],
    )
