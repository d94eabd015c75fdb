using System.CommandLine;
using Hone.Adapters.Journals;
using Hone.Host.Configuration;

namespace Hone.Host.Cli;

/// <summary>Options of the verbs that look into a server's journal.</summary>
internal sealed class JournalFlags
{
    private readonly Option<string> _home = new("--home") { HelpName = "DIR", Description = "Home folder of the server.", DefaultValueFactory = _ => new ServeOptions().Home };
    private readonly Option<string> _store = new("--store") { HelpName = "STORE", Description = "Where its sessions are kept: sqlite (in the home folder) or postgres://user@host:port/database.", DefaultValueFactory = _ => new ServeOptions().Store };

    public void AddTo(Command command)
    {
        command.Add(_home);
        command.Add(_store);
    }

    public string Home(ParseResult parse) => parse.GetValue(_home)!;

    public string Store(ParseResult parse) => parse.GetValue(_store)!;

    /// <summary>Opens the journal for reading; a server may be running on it.</summary>
    public IJournal OpenForReading(ParseResult parse) => Told(() => JournalStore.OpenForReading(Store(parse), Home(parse)));

    /// <summary>What a journal says of its opening is meant for people.</summary>
    public static T Told<T>(Func<T> open)
    {
        try
        {
            return open();
        }
        catch (Exception e) when (e is JournalOpenException or JournalBrokenException)
        {
            throw new VerbException(e.Message, 1);
        }
    }
}
