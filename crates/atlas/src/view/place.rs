//! Where things are: the street and district of an entity, through what it is located in.

use super::{Sight, View};
use kernel::EntityId;

/// Where an entity is, as far as statements say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlaceOf {
    /// The street or town.
    pub street: Option<EntityId>,
    /// The district.
    pub district: Option<EntityId>,
}

impl View {
    /// Where an entity is: itself if it is a place, else up the chain of `located_in`.
    pub fn place_of(&self, entity: EntityId, sight: Sight) -> PlaceOf {
        let mut found = PlaceOf::default();
        let mut next = Some(entity);
        // A chain of places is short; a loop in the data must not hang us.
        for _ in 0..8 {
            let Some(here) = next else { break };
            match self.kind_key(here) {
                "street" => found.street = found.street.or(Some(here)),
                "district" => found.district = found.district.or(Some(here)),
                _ => {}
            }
            next = self.located_in(here, sight);
        }
        found
    }

    /// The nearest place an entity is said to be in.
    pub fn located_in(&self, entity: EntityId, sight: Sight) -> Option<EntityId> {
        self.about(entity)
            .iter()
            .filter(|at| self.columns.property[**at as usize] == self.known.located_in)
            .filter(|at| self.holds(**at, sight))
            .max_by_key(|at| self.merit(**at))
            .and_then(|at| self.value_entity_at(*at))
    }

    /// The concept (number plus one) of an entity's industry, 0 when none is stated.
    pub(crate) fn industry_of(&self, entity: EntityId, sight: Sight) -> u16 {
        self.about(entity)
            .iter()
            .filter(|at| self.columns.property[**at as usize] == self.known.industry)
            .filter(|at| self.holds(**at, sight))
            .max_by_key(|at| self.merit(**at))
            .map_or(0, |at| self.columns.concept[*at as usize])
    }

    /// The year of an entity: the first year that a date of it states (founded, published,
    /// released), 0 when none does.
    pub fn year_of(&self, entity: EntityId, sight: Sight) -> i16 {
        let years = self
            .about(entity)
            .iter()
            .filter(|at| !self.schema.property_at(self.property_at(**at)).indicator)
            .filter(|at| self.stands(**at, sight))
            .map(|at| self.columns.year[*at as usize]);
        years.filter(|year| *year != 0).min().unwrap_or(0)
    }
}
