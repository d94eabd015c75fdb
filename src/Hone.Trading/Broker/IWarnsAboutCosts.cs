using Hone.Trading.Market;

namespace Hone.Trading.Broker;

/// <summary>A cost model that knows what it leaves out; every report shows these sentences.</summary>
public interface IWarnsAboutCosts
{
    /// <summary>What is not charged although it would be in real trading; empty when nothing is left out knowingly.</summary>
    /// <param name="shorts">Whether the run may hold short positions.</param>
    /// <param name="assetClass">What is traded.</param>
    IReadOnlyList<string> Warnings(bool shorts, AssetClass assetClass);
}
