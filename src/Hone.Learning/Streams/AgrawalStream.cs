using Hone.Learning.Numerics;

namespace Hone.Learning.Streams;

/// <summary>
/// Loan applicants: salary, commission, age, education level (0…4), car (1…20), zip code (0…8), value of the house, years it was owned, loan. Ten rules say who
/// is in group A (class 0) or B (class 1).
/// </summary>
/// <remarks>Agrawal, Imielinski, Swami, "Database mining: a performance perspective", IEEE TKDE 5, 1993; the rules as in MOA's AgrawalGenerator, concept 0 being its function 1.</remarks>
public sealed class AgrawalStream : IExampleStream
{
    private readonly ConceptSchedule _schedule;
    private readonly double _perturbation;
    private Rng _random;
    private long _row;

    /// <summary>The stream from its first row.</summary>
    /// <param name="schedule">Concepts 0 to 9.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="perturbation">Numbers are moved by at most this share of their range after the class was decided; 0.05 as published.</param>
    public AgrawalStream(ConceptSchedule schedule, ulong seed, double perturbation = 0.05)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(schedule.Max, 9);
        (_schedule, _perturbation) = (schedule, perturbation);
        _random = new(seed, "agrawal");
    }

    /// <inheritdoc/>
    public int Features => 9;

    /// <inheritdoc/>
    public int Classes => 2;

    /// <inheritdoc/>
    public IReadOnlyList<DriftChange> Changes => _schedule.Changes;

    /// <inheritdoc/>
    public double Next(Span<double> x)
    {
        var concept = _schedule.Draw(_row++, ref _random);
        x[0] = Uniform(20_000, 150_000);
        var commission = Uniform(10_000, 75_000);
        x[1] = x[0] >= 75_000 ? 0 : commission;
        x[2] = 20 + _random.NextInt32(61);
        x[3] = _random.NextInt32(5);
        x[4] = 1 + _random.NextInt32(20);
        x[5] = _random.NextInt32(9);
        x[6] = (9 - x[5]) * 100_000 * (0.5 + _random.NextDouble());
        x[7] = 1 + _random.NextInt32(30);
        x[8] = Uniform(0, 500_000);
        var label = IsInGroupA(concept, x) ? 0 : 1;
        if (_perturbation > 0)
        {
            x[0] = Perturbed(x[0], 20_000, 150_000);
            if (x[1] > 0)
                x[1] = Perturbed(x[1], 10_000, 75_000);
            x[2] = Math.Floor(Perturbed(x[2], 20, 80) + 0.5);
            x[6] = Perturbed(x[6], 0, 9 * 150_000);
            x[7] = Math.Floor(Perturbed(x[7], 1, 30) + 0.5);
            x[8] = Perturbed(x[8], 0, 500_000);
        }
        return label;
    }

    /// <summary>Whether an applicant is in group A by a rule, 0 to 9.</summary>
    public static bool IsInGroupA(int concept, ReadOnlySpan<double> x)
    {
        double salary = x[0], commission = x[1], age = x[2], level = x[3], hvalue = x[6], hyears = x[7], loan = x[8], income = salary + commission;
        return concept switch
        {
            0 => age < 40 || age >= 60,
            1 => ByAge(age, In(salary, 50_000, 100_000), In(salary, 75_000, 125_000), In(salary, 25_000, 75_000)),
            2 => ByAge(age, level <= 1, In(level, 1, 3), level >= 2),
            3 => ByAge(
                age,
                level <= 1 ? In(salary, 25_000, 75_000) : In(salary, 50_000, 100_000),
                In(level, 1, 3) ? In(salary, 50_000, 100_000) : In(salary, 75_000, 125_000),
                level >= 2 ? In(salary, 50_000, 100_000) : In(salary, 25_000, 75_000)),
            4 => ByAge(
                age,
                In(salary, 50_000, 100_000) ? In(loan, 100_000, 300_000) : In(loan, 200_000, 400_000),
                In(salary, 75_000, 125_000) ? In(loan, 200_000, 400_000) : In(loan, 300_000, 500_000),
                In(salary, 25_000, 75_000) ? In(loan, 300_000, 500_000) : In(loan, 100_000, 300_000)),
            5 => ByAge(age, In(income, 50_000, 100_000), In(income, 75_000, 125_000), In(income, 25_000, 75_000)),
            6 => 2 * income / 3 - loan / 5 - 20_000 > 0,
            7 => 2 * income / 3 - 5_000 * level - 20_000 > 0,
            8 => 2 * income / 3 - 5_000 * level - loan / 5 - 10_000 > 0,
            9 => 2 * income / 3 - 5_000 * level + (hyears >= 20 ? hvalue * (hyears - 20) / 10 : 0) / 5 - 10_000 > 0,
            _ => throw new ArgumentOutOfRangeException(nameof(concept), concept, "There are the rules 0 to 9."),
        };
    }

    private static bool ByAge(double age, bool young, bool middle, bool old) => age < 40 ? young : age < 60 ? middle : old;

    private static bool In(double value, double low, double high) => value >= low && value <= high;

    private double Uniform(double low, double high) => low + (high - low) * _random.NextDouble();

    private double Perturbed(double value, double low, double high)
        => Math.Clamp(value + (high - low) * _perturbation * (2 * _random.NextDouble() - 1), low, high);
}
