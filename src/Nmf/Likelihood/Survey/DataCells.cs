using System.Numerics;

namespace Nmf;

/// <summary>
/// What has a density and what a probability, the same for every noise, so that they can be compared: whole numbers are
/// cells (<see cref="CountCells"/>), and where the smallest value is that of many entries, data were cut off there and
/// it stands for all below (Tobin, "Estimation of relationships for limited dependent variables", 1958).
/// </summary>
/// <param name="AreCounts">Whether all data are whole numbers.</param>
/// <param name="Limit">The value at which data were cut off, or null.</param>
internal readonly record struct DataCells(bool AreCounts, double? Limit)
{
    // As many entries, and so many times those of the next value, are no chance and no rounding.
    private const int FewestCut = 10;
    private const int TimesNext = 10;

    // A probability below this is as good as none.
    private const double LeastProbability = 1e-18;

    public static DataCells Of<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (least, next) = (double.PositiveInfinity, double.PositiveInfinity);
        long ofLeast = 0, ofNext = 0;
        var row = new T[data.Features];
        for (var n = 0; n < data.Samples; n++)
        {
            Array.Fill(row, T.NaN);
            data.CopyObserved(n, row);
            foreach (var stored in row)
            {
                var value = double.CreateTruncating(stored);
                if (value < least)
                    (next, ofNext, least, ofLeast) = (least, ofLeast, value, 1);
                else if (value == least)
                    ofLeast++;
                else if (value < next)
                    (next, ofNext) = (value, 1);
                else if (value == next)
                    ofNext++;
            }
        }

        // Counts have zeros of their own.
        var counts = PoissonCounts.AreObservedCounts(data);
        var isCut = ofLeast >= FewestCut && ofLeast >= TimesNext * ofNext && (least > 0 || !counts);
        return new DataCells(counts, isCut ? least : null);
    }

    public bool IsCut(double datum) => datum <= Limit;

    public double LogProbability(EntryNoiseModel noise, double datum, double mean)
        => IsCut(datum) ? Math.Log(Math.Max(Below(noise, datum, mean), LeastProbability))
            : AreCounts ? CountCells.LogProbability(noise, datum, mean)
            : noise.LogDensity(datum, mean);

    /// <summary>The probability of at most a value where data were cut off.</summary>
    public double Below(EntryNoiseModel noise, double datum, double mean)
        => noise.Cumulative(AreCounts ? datum + 0.5 : datum, mean);
}
