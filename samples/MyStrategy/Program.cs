using System.ComponentModel.DataAnnotations;
using Hone.Host;
using Hone.Learning;
using Hone.Learning.State;
using Hone.Trading;
using Hone.Trading.Agents;
using Hone.Trading.Features;
using Hone.Trading.Labels;
using Hone.Trading.Market;
using MyStrategy;

// Without arguments: the sample's data with the sample's config. With arguments: every verb of Hone, with these three entries in its catalogs.
if (args.Length == 0)
    args = ["run", "--data", SentimentData.WriteOnce("DEMO_1h.csv"), "--config", Path.Combine(AppContext.BaseDirectory, "hone.json"), "--out", "out/my-strategy"];
return HoneApp.Run(args, Entries.AddTo);

namespace MyStrategy
{
    /// <summary>What a config can name after this: a feature, an agent, a label.</summary>
    public static class Entries
    {
        public static void AddTo(TradingCatalog catalog)
        {
            catalog.Features.Add(CatalogEntry<FeatureContext, IFeatureBlock>.Of<FeatureBlockOptions>(
                "sentiment", "How unusual the crowd's mood is.", (context, _) => new SentimentFeature(context)));
            catalog.Agents.Add(CatalogEntry<AgentContext, IAgent>.Of<CrowdFaderOptions>(
                "crowd-fader", "Sells when the crowd is greedy, buys when it is afraid.", (context, options) => new CrowdFader(context, options)));
            catalog.Labels.Add(CatalogEntry<LabelContext, ILabel>.Of<BeatsCostsOptions>(
                "beats-costs", "Whether the price rises by more than a round trip costs.", (context, options) => new BeatsCosts(context, options)));
        }
    }

    /// <summary>The column "sentiment" in standard deviations from its mean over 100 bars. It sees one bar at a time: it cannot look ahead.</summary>
    public sealed class SentimentFeature(FeatureContext context) : IFeatureBlock
    {
        private const int Window = 100;
        private readonly int _column = context.ExtraColumns.ToList().IndexOf("sentiment");
        private readonly double[] _ring = new double[Window];
        private long _seen;

        public IReadOnlyList<FeatureInfo> Features { get; } = [new("sentiment_z_100", "sentiment", Window, 1, "z-score over 100 bars")];

        public void Update(in Bar bar, ReadOnlySpan<double> extras, Span<double> values)
        {
            // Data without the column, or a missing value: missing stays missing, never 0.
            var mood = _column < 0 ? double.NaN : extras[_column];
            _ring[_seen++ % Window] = mood;
            var (count, mean, squares) = (0, 0.0, 0.0);
            foreach (var value in _ring)
                if (!double.IsNaN(value))
                {
                    var difference = value - mean;
                    mean += difference / ++count;
                    squares += difference * (value - mean);
                }
            values[0] = _seen >= Window && squares > 0 ? (mood - mean) / Math.Sqrt(squares / count) : double.NaN;
        }

        public void Save(StateWriter writer)
        {
            writer.Write(_seen);
            writer.Write((ReadOnlySpan<double>)_ring);
        }

        public void Load(StateReader reader)
        {
            _seen = reader.ReadInt64();
            reader.Read(_ring);
        }
    }

    public sealed record CrowdFaderOptions
    {
        /// <summary>Standard deviations of sentiment from which it trades.</summary>
        [Range(0.1, 10.0)] public double Entry { get; init; } = 1.5;
    }

    /// <summary>Trades against an unusual mood. A rule sees features, never orders or money; stops, sizes and limits are Hone's.</summary>
    public sealed class CrowdFader(AgentContext context, CrowdFaderOptions options) : IAgent
    {
        private readonly int _mood = context.Schema.IndexOf("sentiment_z_100");

        public string Name => "crowd-fader";

        public Signal Decide(in AgentView view)
        {
            var mood = view.Features[_mood];
            return Math.Abs(mood) >= options.Entry ? new Signal(-Math.Sign(mood), Math.Min(1, Math.Abs(mood) / 3)) : Signal.None;
        }

        public void Save(StateWriter writer) => writer.Section(Name, 1);

        public void Load(StateReader reader) => reader.Section(Name, 1);
    }

    public sealed record BeatsCostsOptions
    {
        /// <summary>Bars from the question to the label.</summary>
        [Range(1, 1000)] public int Horizon { get; init; } = 12;
    }

    /// <summary>Class 1: after the horizon the price is higher by more than a round trip costs. The label store shows it only bars that have closed.</summary>
    public sealed class BeatsCosts(LabelContext context, BeatsCostsOptions options) : ILabel
    {
        public int Classes => 2;

        public int HorizonBars => options.Horizon;

        public int EarliestBars => options.Horizon;

        public bool TryResolve(in OpenQuestion question, in Bar bar, int ageBars, out LabelOutcome outcome)
        {
            var move = bar.Close / question.Close - 1;
            outcome = new LabelOutcome(move > context.RoundTripCost ? 1 : 0, 1, move);
            return ageBars >= options.Horizon;
        }
    }
}
