namespace Hone.Trading.Broker;

/// <summary>An order that no market would take, or one too many. The message says which number, and what is allowed; nothing was submitted.</summary>
public sealed class InvalidOrderException(string message) : Exception(message);
