//! Shared parts of the journeys: private sessions, real servers, the window driver.
