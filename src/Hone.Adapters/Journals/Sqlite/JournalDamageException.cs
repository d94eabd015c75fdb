namespace Hone.Adapters.Journals.Sqlite;

/// <summary>What was read is not what was written.</summary>
public sealed class JournalDamageException(string message) : Exception($"The journal is damaged: {message}. `hone verify` shows what is sound, `hone restore` installs a backup.");
