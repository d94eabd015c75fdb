namespace Hone.Learning;

/// <summary>An option has a value that cannot be used. The message names the option, the value and what is allowed.</summary>
public sealed class InvalidOptionsException(string message) : Exception(message);
