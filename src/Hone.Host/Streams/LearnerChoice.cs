using System.Text.Json;
using Hone.Adapters.Streams;
using Hone.Host.Cli;
using Hone.Learning;

namespace Hone.Host.Streams;

/// <summary>The learners that a command line names, with their options, for one stream.</summary>
internal sealed class LearnerChoice
{
    private const string All = "all";

    private readonly Catalog _catalog;
    private readonly StreamTable _stream;
    private readonly ulong _seed;
    private readonly IReadOnlyDictionary<string, JsonElement> _options;

    /// <summary>Looks the names up and deals out the options.</summary>
    /// <param name="catalog">Everything there is.</param>
    /// <param name="stream">What is to be learned.</param>
    /// <param name="learners">Names separated by commas, or "all".</param>
    /// <param name="options">Options: of the one learner, or by the names of several; null for the defaults.</param>
    /// <param name="seed">Seed of everything random.</param>
    /// <exception cref="VerbException">There is no such learner, or the options fit none.</exception>
    public LearnerChoice(Catalog catalog, StreamTable stream, string learners, JsonElement? options, ulong seed)
    {
        (_catalog, _stream, _seed) = (catalog, stream, seed);
        Names = learners == All ? [.. Fitting] : Split(learners);
        if (Names.Count == 0)
            throw new VerbException($"the catalog has no {Kind}.");
        foreach (var name in Names)
            RequireFitting(name);
        _options = Deal(options);
    }

    /// <summary>What can be said about the names before the stream is read.</summary>
    /// <exception cref="VerbException">A name is unknown, or named twice.</exception>
    public static void RequireKnown(Catalog catalog, string learners)
    {
        if (learners == All)
            return;
        var names = Split(learners);
        if (names.Length == 0)
            throw new VerbException("--learner names no learner; `hone catalog learners` lists them.");
        if (names.Distinct().Count() < names.Length)
            throw new VerbException($"--learner names '{names.GroupBy(n => n).First(g => g.Count() > 1).Key}' twice; once is enough.");
        string[] known = [.. catalog.Learners.Select(e => e.Name), .. catalog.Regressors.Select(e => e.Name), .. catalog.Anomaly.Select(e => e.Name)];
        if (names.FirstOrDefault(n => !known.Contains(n)) is not { } unknown)
            return;
        throw new VerbException($"there is no learner '{unknown}'{(NearName.Of(unknown, known) is { } near ? $"; did you mean '{near}'?" : ".")} Known: {string.Join(", ", known.Distinct())}.");
    }

    /// <summary>Reads --options.</summary>
    /// <exception cref="VerbException">It is no JSON object.</exception>
    public static JsonElement? Parse(string? options)
    {
        if (options is null)
            return null;
        try
        {
            var root = JsonDocument.Parse(options, new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip }).RootElement;
            return root.ValueKind == JsonValueKind.Object ? root : throw new VerbException("--options must be a JSON object like '{\"members\": 20}'.");
        }
        catch (JsonException e)
        {
            throw new VerbException($"--options is no JSON: {Configuration.ConfigProblem.OneLine(e.Message)} Write it like '{{\"members\": 20}}'.");
        }
    }

    /// <summary>The learners' names, in the order in which they were given.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The options of a learner as they were given.</summary>
    public string OptionsOf(string name) => _options.TryGetValue(name, out var json) ? json.GetRawText() : "{}";

    /// <summary>An empty score for a learner.</summary>
    public StreamScore ScoreOf(string name, LabelSchedule schedule) => IsAnomaly(name) ? new AnomalyScore(_stream) : IsClassification ? new ClassesScore(_stream) : new NumbersScore(_stream, schedule);

    /// <summary>Whether a name is that of a detector of anomalies.</summary>
    public bool IsAnomaly(string name) => IsClassification && !_catalog.Learners.Contains(name);

    /// <summary>A fresh learner at the start of the stream.</summary>
    public StreamLearner Make(string name, LabelSchedule schedule, ILanes lanes)
    {
        JsonElement? options = _options.TryGetValue(name, out var json) ? json : null;
        if (IsAnomaly(name))
            return new AnomalyOnStream(_stream, schedule, _catalog.Anomaly[name].Create(new(_stream.Features.Count, _seed), options));
        return IsClassification
            ? new ClassifierOnStream(_stream, schedule, _catalog.Learners[name].Create(new(_stream.Features.Count, _stream.Classes.Count, _seed) { Delay = schedule.Delay }, options), lanes)
            : new RegressorOnStream(_stream, schedule, _catalog.Regressors[name].Create(new(_stream.Features.Count, _seed) { Delay = schedule.Delay }, options));
    }

    private bool IsClassification => _stream.Task == StreamTask.Classification;

    private string Kind => IsClassification ? "learner" : "regressor";

    private IEnumerable<string> Fitting => IsClassification ? _catalog.Learners.Select(e => e.Name) : _catalog.Regressors.Select(e => e.Name);

    private void RequireFitting(string name)
    {
        if (Fitting.Contains(name))
            return;
        var isAnomaly = _catalog.Anomaly.Contains(name);
        if (isAnomaly && IsClassification && _stream.Classes.Count == 2)
            return;
        if (isAnomaly)
            throw new VerbException($"'{name}' detects anomalies, which is scored against a target of two classes; '{_stream.Target}' {(IsClassification ? $"has {_stream.Classes.Count} classes" : "is a number")}.");
        if (IsClassification && _catalog.Regressors.Contains(name))
            throw new VerbException($"'{name}' predicts a number, and '{_stream.Target}' is taken for {_stream.Classes.Count} classes; give --task regression, or one of {string.Join(", ", Fitting)}.");
        if (!IsClassification && _catalog.Learners.Contains(name))
            throw new VerbException($"'{name}' predicts classes, and '{_stream.Target}' is a number; give --task classification, or one of {string.Join(", ", Fitting)}.");
        throw new VerbException($"there is no {Kind} '{name}'. Known: {string.Join(", ", Fitting)}.");
    }

    private static string[] Split(string learners) => learners.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private Dictionary<string, JsonElement> Deal(JsonElement? options)
    {
        Dictionary<string, JsonElement> dealt = [];
        if (options is not { } root)
            return dealt;
        if (Names is [var one])
        {
            dealt.Add(one, root);
            return dealt;
        }
        foreach (var entry in root.EnumerateObject())
        {
            if (!Names.Contains(entry.Name))
                throw new VerbException($"--options has '{entry.Name}', which is none of the learners; with several learners it is an object by name: '{{\"{Names[0]}\": {{…}}}}'.");
            if (entry.Value.ValueKind != JsonValueKind.Object)
                throw new VerbException($"--options: what stands under '{entry.Name}' must be an object of its options.");
            dealt[entry.Name] = entry.Value;
        }
        return dealt;
    }
}
