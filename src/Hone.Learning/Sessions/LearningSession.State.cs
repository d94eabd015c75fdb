using System.Runtime.InteropServices;
using Hone.Learning.State;

namespace Hone.Learning.Sessions;

// Saving, loading and copying.
public sealed partial class LearningSession
{
    private const int Format = 2;

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section("learning-session", Format);
        writer.Write(_features);
        writer.Write(_classes);
        writer.Write(_horizon);
        writer.Write(Seq);
        writer.Write(NowUs);
        writer.Write(Expired);
        writer.Write(Drifts);
        writer.Write(Adaptations);
        writer.Write(Frozen);
        writer.Write(_regime);
        writer.Write(_reviewDueUs);
        writer.Write(_answersSinceRecalibration);
        _hedge.Save(writer);
        writer.Write((ReadOnlySpan<double>)_classCounts);
        _serving.Save(writer);
        _questions.Save(writer);
        foreach (var member in _members)
            member.Save(writer);
        Panel.Save(writer);
        Score.Save(writer);
        Reliability.Save(writer);
        _calibrator.Save(writer);
        _inputs?.Save(writer);
        writer.Write(_featureDriftAtUs);
        _review.Save(writer);
        Clock.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _ahead = null;
        reader.Section("learning-session", Format, Format);
        Same("features", reader.ReadInt32(), _features);
        Same("classes", reader.ReadInt32(), _classes);
        Same("overlapping answers", reader.ReadInt32(), _horizon);
        Seq = reader.ReadInt64();
        NowUs = reader.ReadInt64();
        Expired = reader.ReadInt64();
        Drifts = reader.ReadInt64();
        Adaptations = reader.ReadInt64();
        if (Seq < 0 || Expired < 0 || Expired > Seq || Drifts < 0 || Adaptations < 0)
            throw new CorruptStateException($"learning-session: position {Seq} with {Expired} expired questions, {Drifts} drifts and {Adaptations} adaptations is impossible.");
        Frozen = reader.ReadBool();
        _regime = reader.ReadInt32(-1, RegimesMax - 1);
        _reviewDueUs = reader.ReadInt64();
        _answersSinceRecalibration = reader.ReadInt64();
        if (_answersSinceRecalibration < 0)
            throw new CorruptStateException($"learning-session: {_answersSinceRecalibration} answers since the calibration began anew are impossible.");
        _hedge.Load(reader);
        reader.ReadWithin(_classCounts, 0, 1L << 50);
        _serving.Load(reader);
        _questions.Load(reader);
        for (var slot = _questions.Oldest; slot >= 0; slot = _questions.After(slot))
            Check(slot);
        foreach (var member in _members)
            member.Load(reader);
        Panel.Load(reader);
        if (Panel.UpdatedAtUs > NowUs || Array.Exists(_members, m => m.Statistics.UpdatedAtUs != Panel.UpdatedAtUs || m.LearnedAtUs > NowUs))
            throw new CorruptStateException("learning-session: all members are answered together and never ahead of time; these were not.");
        Score.Load(reader);
        Reliability.Load(reader);
        _calibrator.Load(reader);
        _inputs?.Load(reader);
        reader.Read(_featureDriftAtUs);
        _review.Load(reader);
        Clock.Load(reader);
    }

    /// <summary>Refuses a loaded question that no session can have stored.</summary>
    private void Check(int slot)
    {
        ref readonly var question = ref _questions[slot];
        ReadOnlySpan<double> numbers = _questions.Numbers(slot);
        var x = MemoryMarshal.Cast<double, long>(numbers[.._features]);
        var sound = question.Seq <= Seq && question.AtUs <= NowUs && !x.ContainsAny(PlusInfinity, MinusInfinity)
            && (double.IsNaN(numbers[_atRaw]) || numbers[_atRaw] is >= 0 and <= 1 + 1e-6)
            && Member.IsDistribution(numbers.Slice(_atPanel, _classes)) && Member.IsDistribution(numbers.Slice(_atMajority, _classes));
        for (var m = 0; m < _members.Length && sound; m++)
        {
            var candidate = numbers.Slice(_atCandidates + m * _classes, _classes);
            sound = Member.IsDistribution(numbers.Slice(_atMembers + m * _classes, _classes)) && (!candidate.ContainsAnyExcept(0) || Member.IsDistribution(candidate));
        }
        if (!sound)
            throw new CorruptStateException($"learning-session: the open question {question.Id} holds numbers that cannot have been stored.");
    }

    private static void Same(string what, int found, int expected)
    {
        if (found != expected)
            throw new CorruptStateException($"The saved session has {found} {what}; this one has {expected}. Start it with the options it was saved with.");
    }

    private LearningSession Copy()
    {
        var writer = new StateWriter();
        Save(writer);
        var copy = new LearningSession(_catalog, _options, _shape);
        copy.Load(new StateReader(writer.WrittenMemory));
        return copy;
    }
}
