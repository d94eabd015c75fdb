namespace Hone.Host.Configuration;

/// <summary>A config, an environment variable or a flag cannot be used. The message is one line: what, where, what to do.</summary>
public sealed class ConfigException(string message) : Exception(message);
