using Hone.Trading.Regimes;

namespace Hone.Trading.Market;

/// <summary>What <see cref="MarketSimulator"/> knows at the close of a bar and a learner does not.</summary>
/// <param name="ExpectedReturn">Log return of the next bar that its planted signals, all known at this close, let expect.</param>
/// <param name="ExpectedReturn12">
/// Log return of the next 12 bars that the signals let expect: each signal's expected course from here on (momentum loses its oldest
/// bars, distance decays by 19/21 a bar, the volume score by its measured autocorrelation, the season is known), at this bar's
/// volatility. Left out are the second-order effect of the edge on its own signals and a drift point within the 12 bars.
/// </param>
/// <param name="Trend">Trend regime that this bar was made in.</param>
/// <param name="Volatility">Volatility regime that this bar was made in, seasons left out.</param>
/// <param name="Concept">Position in <see cref="SimulatedConcept.All"/> of the concept behind the expected returns.</param>
/// <param name="RegimeDrift">Log return that the trend regime added to this bar; not in the expected returns, since no bar shows it.</param>
/// <param name="Sigma">Standard deviation that this bar's log return was drawn with, jumps left out.</param>
public readonly record struct BarTruth(
    double ExpectedReturn, double ExpectedReturn12, TrendRegime Trend, VolatilityRegime Volatility, int Concept, double RegimeDrift, double Sigma);
