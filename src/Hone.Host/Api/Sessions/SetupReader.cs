using System.Text.Json;
using System.Text.Json.Nodes;
using Hone.Adapters.Streams;
using Hone.Host.Api.Requests;
using Hone.Host.Configuration;
using Hone.Host.Serving;
using Hone.Learning;
using Hone.Learning.Sessions;
using Hone.Trading;
using Hone.Trading.Live;
using Hone.Trading.Market;
using Hone.Trading.Sessions;
using Microsoft.AspNetCore.Http;

namespace Hone.Host.Api.Sessions;

/// <summary>Turns what a client wants of a session into its setup: the server's config, with what the request says in its place.</summary>
internal static class SetupReader
{
    private const string Panel = "panel";
    private const int FeatureNameLengthMax = 128;

    /// <summary>Longest distance of two bars: a leap year.</summary>
    public static readonly TimeSpan StepMax = TimeSpan.FromDays(366);

    /// <summary>The setup of a new session.</summary>
    /// <exception cref="ProblemException">400: something cannot be read or is out of range; 422: it names what does not exist.</exception>
    public static LiveSetup Read(StartRequest request, HoneConfig server, TradingCatalog catalog)
    {
        var config = request.Config;
        Check(request, config);
        var session = Overlaid(request, config, server).Setup();
        CheckLearners(request, session.Learning, catalog);
        var (features, named) = Features(config);
        var setup = new LiveSetup
        {
            Id = SessionIds.New(),
            Symbol = Ids.Symbol(request.Symbol),
            Name = Ids.Symbol(request.Name, "name"),
            ModelType = request.ModelType,
            Trading = config.Trading,
            Features = config.Trading ? [] : features,
            FeaturesAreNamed = named && !config.Trading,
            Classes = config.Classes ?? 2,
            Horizon = config.Horizon ?? 1,
            Target = config.Target ?? LabelTarget.Direction,
            StepUs = StepUs(config.Step, "config.step") ?? 0,
            AssetClass = config.AssetClass,
            Session = config.Trading && features.Count > 0 ? session with { Features = features } : session,
            State = config.State,
        };
        if (setup.Trading)
            Try(() => Trial(setup, catalog));
        else
            Try(() => new LiveSession(catalog, setup));
        return setup;
    }

    /// <summary>The setup of a session that starts by itself, with the features of the first request.</summary>
    /// <exception cref="ProblemException">400: there are none, or too many.</exception>
    public static LiveSetup Default(string symbol, string name, FeatureValues features, HoneConfig server)
    {
        if (features.Values.Length is 0 or > LiveSetup.FeaturesMax)
            throw Refusals.Field("features", $"has {features.Values.Length} values; it may have 1 to {LiveSetup.FeaturesMax}.");
        string[] names = features.Names is { } given ? Checked(given, "features") : LiveFeatures.Numbered(features.Values.Length);
        var session = server.Setup();
        return new LiveSetup
        {
            Id = SessionIds.New(),
            Symbol = symbol,
            Name = name,
            Features = names,
            FeaturesAreNamed = features.Names is not null,
            Session = session with { Learning = session.Learning with { AdaptiveReview = true } },
        };
    }

    /// <summary>Length of a bar in microseconds; null for none.</summary>
    /// <exception cref="ProblemException">400: the text is no length.</exception>
    public static long? StepUs(string? text, string field)
    {
        if (text is null)
            return null;
        return DurationConverter.TryParse(text, out var step) && step <= StepMax
            ? step.Ticks / TimeSpan.TicksPerMicrosecond
            : throw Refusals.Field(field, $"is '{Shown(text)}'; it must be a length such as 1m, 15m, 1h or 1d, at most 366d.");
    }

    // A trading session is built at its first bar; what is wrong with its setup must be said now.
    private static TradingSession Trial(LiveSetup setup, TradingCatalog catalog)
    {
        _ = new LiveSession(catalog, setup);
        return new TradingSession(catalog, setup.Session, new MarketInfo(setup.Symbol, setup.AssetClass ?? AssetClass.Crypto, setup.StepUs > 0 ? setup.StepUs : EventTime.HourUs, [], true, 1));
    }

    private static void Try(Func<object> build)
    {
        try
        {
            build();
        }
        catch (InvalidOptionsException e)
        {
            throw Unfit(e.Message);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or ProblemException))
        {
            // A learner or an agent of a user's own may fail at anything.
            throw Unfit($"The session cannot be built: {e.GetType().Name}: {e.Message}");
        }

        static ProblemException Unfit(string problem) => new(StatusCodes.Status422UnprocessableEntity, problem, new Dictionary<string, string[]> { ["config"] = [problem] });
    }

    private static void Check(StartRequest request, SessionConfig config)
    {
        if (config.Classes is < 2 or > 100)
            throw Refusals.Field("config.classes", $"is {config.Classes}; it must be from 2 to 100.");
        if (config.Horizon is < 1 or > SessionShape.HorizonMax)
            throw Refusals.Field("config.horizon", $"is {config.Horizon}; it must be from 1 to {SessionShape.HorizonMax}.");
        if (request.ModelType != Panel && config.Members is not null)
            throw Refusals.Field("config.members", $"cannot stand beside the model_type '{Shown(request.ModelType)}', which is the one member; leave one of them out.");
        if (config.State is not null && !config.Trading)
            throw Refusals.Field("config.state", "is a saved trading loop; it needs config.trading.");
        string[] forBars = [.. OnlyForTrading(config)];
        if (!config.Trading && forBars.Length > 0)
            throw Refusals.Field(forBars[0], "is for sessions that trade bars; set config.trading, or leave it out.");
        string[] forQuestions = [.. OnlyForAsking(config)];
        if (config.Trading && forQuestions.Length > 0)
            throw Refusals.Field(forQuestions[0], "is for sessions that are asked with features; what a trading session predicts stands in config.label.");
    }

    private static IEnumerable<string> OnlyForTrading(SessionConfig config)
    {
        if (config.Label is not null)
            yield return "config.label";
        if (config.Costs is not null)
            yield return "config.costs";
        if (config.Regime is not null)
            yield return "config.regime";
        if (config.Agents is not null)
            yield return "config.agents";
        if (config.Risk is not null)
            yield return "config.risk";
        if (config.Broker is not null)
            yield return "config.broker";
        if (config.TradingOptions is not null)
            yield return "config.trading_options";
        if (config.Step is not null)
            yield return "config.step";
        if (config.AssetClass is not null)
            yield return "config.asset_class";
    }

    private static IEnumerable<string> OnlyForAsking(SessionConfig config)
    {
        if (config.Classes is not null)
            yield return "config.classes";
        if (config.Horizon is not null)
            yield return "config.horizon";
        if (config.Target is not null)
            yield return "config.target";
    }

    private static HoneConfig Overlaid(StartRequest request, SessionConfig config, HoneConfig server)
    {
        var root = (JsonObject)JsonSerializer.SerializeToNode(server with { Serve = new() }, Options.Json)!;
        var learning = (JsonObject)root["learning"]!;
        // A loop over bars does what a run over the same bars does; one that is asked is watched.
        if (!config.Trading)
            learning["adaptive_review"] = true;
        if (config.Members is not null && config.Learning is { ValueKind: JsonValueKind.Object } given && given.TryGetProperty("members", out _))
            throw Refusals.Field("config.members", "stands there twice, the second time under config.learning.members.");
        Merge(root, "learning", config.Learning, "config.learning");
        if (config.Members is { } members)
            learning["members"] = Named(members, "config.members", "learner");
        if (request.ModelType != Panel)
            learning["members"] = new JsonArray(new JsonObject { ["learner"] = request.ModelType });
        if (config.Strategy is { } strategy)
            learning["strategy"] = JsonSerializer.SerializeToNode(strategy, Options.Json);
        if (config.Seed is { } seed)
            root["seed"] = seed;
        foreach (var (key, choice) in ((string, JsonElement?)[])[("label", config.Label), ("costs", config.Costs), ("regime", config.Regime)])
            if (choice is { } chosen)
                root[key] = Named([chosen], $"config.{key}", "name")[0]!.DeepClone();
        if (config.Agents is { } agents)
            root["agents"] = Named(agents, "config.agents", "name");
        Merge(root, "risk", config.Risk, "config.risk");
        Merge(root, "broker", config.Broker, "config.broker");
        Merge(root, "trading", config.TradingOptions, "config.trading_options");
        try
        {
            return ConfigLoader.Read(root, "");
        }
        catch (ConfigException e)
        {
            throw Renamed(e);
        }
    }

    // Sections are merged key by key; lists and choices are replaced.
    private static void Merge(JsonObject root, string key, JsonElement? given, string field)
    {
        if (given is not { } section)
            return;
        if (section.ValueKind != JsonValueKind.Object)
            throw Refusals.Field(field, "must be an object of keys and values.");
        Merge((JsonObject)root[key]!, section);
    }

    private static void Merge(JsonObject into, JsonElement section)
    {
        foreach (var member in section.EnumerateObject())
            if (member.Value.ValueKind == JsonValueKind.Object && into[member.Name] is JsonObject inner && !inner.ContainsKey("name"))
                Merge(inner, member.Value);
            else
                into[member.Name] = JsonNode.Parse(member.Value.GetRawText());
    }

    // A name stands for an object that has nothing else.
    private static JsonArray Named(IReadOnlyList<JsonElement> given, string field, string key)
    {
        var list = new JsonArray();
        foreach (var item in given)
            list.Add(item.ValueKind switch
            {
                JsonValueKind.String => new JsonObject { [key] = item.GetString() },
                JsonValueKind.Object => JsonNode.Parse(item.GetRawText()),
                _ => throw Refusals.Field(given.Count == 1 ? field : $"{field}[{list.Count}]", $"must be a name, or an object with {key} and options."),
            });
        return list;
    }

    // The config calls its sections otherwise than the request does.
    private static ProblemException Renamed(ConfigException problem)
    {
        var message = problem.Message.StartsWith("trading", StringComparison.Ordinal) ? "trading_options" + problem.Message["trading".Length..] : problem.Message;
        var end = message.IndexOfAny([' ', ':']);
        var field = "config." + (end < 0 ? message : message[..end]);
        return new(StatusCodes.Status400BadRequest, "config." + message, new Dictionary<string, string[]> { [field] = [end < 0 ? message : message[end..].TrimStart(' ', ':')] });
    }

    private static void CheckLearners(StartRequest request, SessionOptions learning, TradingCatalog catalog)
    {
        for (var m = 0; m < learning.Members.Count; m++)
        {
            var name = learning.Members[m].Learner;
            if (catalog.Learning.Learners.Contains(name))
                continue;
            var near = NearName.Of(name, catalog.Learning.Learners.Select(l => l.Name));
            throw Refusals.Field(
                StatusCodes.Status422UnprocessableEntity, request.ModelType != Panel ? "model_type" : $"config.members[{m}]",
                $"is '{Shown(name)}'; there is no such learner. {(near is null ? "" : $"Did you mean '{near}'? ")}GET /api/v1/catalog lists them.");
        }
    }

    private static (IReadOnlyList<string> Names, bool Named) Features(SessionConfig config)
    {
        const string Field = "config.features";
        switch (config.Features)
        {
            case null when config.Trading:
                return ([], true);
            case null:
                throw Refusals.Field(Field, "is missing; it must be a list of names, or how many features there are.");
            case { ValueKind: JsonValueKind.Number } number when !config.Trading:
                if (!number.TryGetInt32(out var count) || count is < 1 or > LiveSetup.FeaturesMax)
                    throw Refusals.Field(Field, $"is {Shown(number.GetRawText())}; there may be 1 to {LiveSetup.FeaturesMax} features.");
                return (LiveFeatures.Numbered(count), false);
            case { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() is >= 1 and <= LiveSetup.FeaturesMax:
                return (Checked([.. list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : "")], Field), true);
            default:
                throw Refusals.Field(Field, config.Trading ? "must be a list of names of Hone's own features; GET /api/v1/catalog lists them." : $"must be a list of 1 to {LiveSetup.FeaturesMax} names, or how many features there are.");
        }
    }

    private static string[] Checked(string[] names, string field)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < names.Length; i++)
        {
            if (names[i].Length is 0 or > FeatureNameLengthMax || names[i].Any(char.IsControl))
                throw Refusals.Field($"{field}[{i}]", $"must be a name of 1 to {FeatureNameLengthMax} characters.");
            if (!seen.Add(names[i]))
                throw Refusals.Field($"{field}[{i}]", $"is '{names[i]}', which stands there twice.");
        }
        return names;
    }

    private static string Shown(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
