# shellcheck shell=bash
# Which part of the whole a run is; see .ci/torture.

PART_NUMBER=${PART_NUMBER:-1}
PART_COUNT=${PART_COUNT:-1}

# share WHOLE: how much of a number of rounds this part has, at least one.
share() { printf '%s' $((($1 + PART_COUNT - 1) / PART_COUNT)); }

# seed: what is random here follows from it; that of the whole, and another for each part.
seed() { printf '%s' $((${SEED:-1} + (PART_NUMBER - 1) * 1000003)); }

# once: skips a test that cannot be parted in all parts but one; N says which.
once() { [ "$PART_NUMBER" -eq $((($1 - 1) % PART_COUNT + 1)) ] || skip 'another part has it'; }
