"""Who must know, when and how: incidents and notifications. The engine is pure, channels do IO."""
