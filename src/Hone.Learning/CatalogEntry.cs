using System.Text.Json;

namespace Hone.Learning;

/// <summary>What a catalog lists of anything that a config can name.</summary>
public interface ICatalogEntry
{
    /// <summary>The field's term in kebab-case; what a config says.</summary>
    string Name { get; }

    /// <summary>One sentence.</summary>
    string Summary { get; }

    /// <summary>Paper or reference implementation; empty for our own.</summary>
    string Source { get; }

    /// <summary>The options record; every property has a default.</summary>
    Type OptionsType { get; }

    /// <summary>Raised whenever the same inputs give other outputs than in an earlier release.</summary>
    int Behaviour { get; }

    /// <summary>Raised whenever the saved state changes shape.</summary>
    int StateFormat { get; }

    /// <summary>Options, as JSON objects, that take other paths through the code than the defaults: examples for users, and what the conformance tests cover besides the defaults.</summary>
    IReadOnlyList<string> Variants { get; }
}

/// <summary>One entry: a name, its options and how to build it.</summary>
/// <typeparam name="TContext">What the builder is told besides the options.</typeparam>
/// <typeparam name="TService">What it builds.</typeparam>
public sealed class CatalogEntry<TContext, TService> : ICatalogEntry
{
    private readonly Func<TContext, object, TService> _build;

    private CatalogEntry(
        string name, string summary, string source, Type optionsType, Func<TContext, object, TService> build, int behaviour, int stateFormat, IReadOnlyList<string> variants)
        => (Name, Summary, Source, OptionsType, _build, Behaviour, StateFormat, Variants) = (name, summary, source, optionsType, build, behaviour, stateFormat, variants);

    /// <summary>Makes an entry whose options are a <typeparamref name="TOptions"/>.</summary>
    public static CatalogEntry<TContext, TService> Of<TOptions>(
        string name, string summary, Func<TContext, TOptions, TService> build, string source = "", int behaviour = 1, int stateFormat = 1, IReadOnlyList<string>? variants = null)
        where TOptions : class, new()
        => new(name, summary, source, typeof(TOptions), (context, options) => build(context, (TOptions)options), behaviour, stateFormat, variants ?? []);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Summary { get; }

    /// <inheritdoc/>
    public string Source { get; }

    /// <inheritdoc/>
    public Type OptionsType { get; }

    /// <inheritdoc/>
    public int Behaviour { get; }

    /// <inheritdoc/>
    public int StateFormat { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Variants { get; }

    /// <summary>Builds with the default options.</summary>
    public TService Create(TContext context) => _build(context, Options.Default(OptionsType));

    /// <summary>Builds with options as a config gives them; unknown members and values out of range are refused.</summary>
    /// <exception cref="InvalidOptionsException">An option is unknown or out of range.</exception>
    public TService Create(TContext context, JsonElement? options)
        => _build(context, options is { } json ? Options.Read(Name, OptionsType, json) : Options.Default(OptionsType));

    /// <summary>Builds with an options record.</summary>
    public TService Create(TContext context, object options) => _build(context, Options.Validated(Name, options));
}

/// <summary>An ordered list of entries with unique names. Users add their own before anything is built.</summary>
public sealed class CatalogList<TContext, TService>(string kind) : IEnumerable<CatalogEntry<TContext, TService>>
{
    private readonly List<CatalogEntry<TContext, TService>> _entries = [];

    /// <summary>What the entries are, in one word, for messages.</summary>
    public string Kind => kind;

    /// <summary>Adds an entry at the end.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void Add(CatalogEntry<TContext, TService> entry)
    {
        if (_entries.Exists(e => e.Name == entry.Name))
            throw new ArgumentException($"There is already a {kind} '{entry.Name}'.", nameof(entry));
        _entries.Add(entry);
    }

    /// <summary>The entry of that name.</summary>
    /// <exception cref="InvalidOptionsException">There is none; the message lists the names.</exception>
    public CatalogEntry<TContext, TService> this[string name]
        => _entries.Find(e => e.Name == name)
            ?? throw new InvalidOptionsException($"There is no {kind} '{name}'. Known: {string.Join(", ", _entries.Select(e => e.Name))}.");

    /// <summary>Whether the name is known.</summary>
    public bool Contains(string name) => _entries.Exists(e => e.Name == name);

    /// <inheritdoc/>
    public IEnumerator<CatalogEntry<TContext, TService>> GetEnumerator() => _entries.GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}
