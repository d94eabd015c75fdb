namespace Hone.Learning.State;

/// <summary>A saved state is truncated, damaged, of another shape or of a newer format. Nothing of it was used.</summary>
public sealed class CorruptStateException(string message) : Exception(message);
