using Hone.Learning.Drift;

namespace Hone.Learning.Sessions;

// What the outside may know of members and detectors.
public sealed partial class LearningSession
{
    /// <summary>Statistics of one member.</summary>
    public MemberStatistics Statistics(int member) => _members[member].Statistics;

    /// <summary>Whether a member takes part.</summary>
    public MemberState State(int member) => _members[member].State;

    /// <summary>Whether a member learns no more: a batch model beside the ones that learn online.</summary>
    public bool IsFrozen(int member) => _members[member].IsFrozen;

    /// <summary>Whether a member is a baseline.</summary>
    public bool IsBaseline(int member) => _members[member].IsBaseline;

    /// <summary>Weight of a member in the ensemble; the weights of members that are no baselines sum to one.</summary>
    public double Weight(int member) => _hedge.Weights[member];

    /// <summary>
    /// How much drifts at once, 0…1: the mean of two shares, that of voting members whose detectors have warned within the window of answers, and that of watched features that the last
    /// test reported. Where nobody votes, or no test was made yet, the other share alone.
    /// </summary>
    public double DriftScore
    {
        get
        {
            var (voting, warned) = (0, 0);
            foreach (var member in _members)
                if (member.Votes)
                {
                    voting++;
                    warned += member.HasWarnedWithin(_options.WindowAnswers) ? 1 : 0;
                }
            var watched = _inputs is null ? 0 : _inputs.Last.Length;
            var members = voting > 0 ? (double)warned / voting : 0;
            var features = watched > 0 ? (double)_inputs!.Drifting / watched : 0;
            return voting > 0 && watched > 0 ? (members + features) / 2 : members + features;
        }
    }

    /// <summary>How many members are in that state.</summary>
    public int CountOf(MemberState state)
    {
        var count = 0;
        foreach (var member in _members)
            count += member.State == state ? 1 : 0;
        return count;
    }

    /// <summary>What every detector of every member knows, and of the watched features those that come closest to their threshold, or are farthest beyond it.</summary>
    /// <param name="featuresMax">Most features, 0 or more.</param>
    public IReadOnlyList<DetectorStatus> DetectorStatuses(int featuresMax = 10)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(featuresMax);
        var statuses = new List<DetectorStatus>();
        foreach (var member in _members)
            member.AddStatuses(statuses);
        if (_inputs is null)
            return statuses;
        // The order of the features decides between equals: the sort is stable.
        foreach (var feature in _inputs.Last.ToArray().OrderByDescending(f => f.Threshold > 0 ? f.Statistic / f.Threshold : f.Statistic).Take(featuresMax))
        {
            var driftAtUs = _featureDriftAtUs[feature.Feature];
            statuses.Add(new DetectorStatus(PsiName, _names[feature.Feature], InputName, feature.Statistic, double.IsFinite(feature.Threshold) ? feature.Threshold : null,
                feature.Drifting ? DriftLevel.Drift : DriftLevel.None, driftAtUs == long.MinValue ? null : driftAtUs));
        }
        return statuses;
    }
}
