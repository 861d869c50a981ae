using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>One view as the fit sees it: data divided by a power of two, so that their mean is between 1 and 2, their
/// level and weight in that unit. Activations have no unit, and so is the coupling.</summary>
internal sealed class CoupledData<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public CoupledData(NmfData<T> source, CoNmfView view, int number)
    {
        (Source, Beta) = (source, view.Beta);
        try
        {
            source.RequireValidFor(Beta);
            var exponent = FitUnit.ExponentOf(source, Beta);
            Unit = new FitUnit(exponent, exponent);
            Data = source.InUnit(Unit, new BetaMeasure(Beta));
        }
        catch (NmfDataException e)
        {
            throw new NmfDataException($"View {number}: {e.Message}", e.Sample, e.Feature, e.Value);
        }

        Level = Data.Mean * Data.Features;
        Weight = view.Weight is { } weight ? weight * Math.Pow(2, Unit.Data * Beta)
            : 1 / (Data.Features * Math.Pow(Data.Mean, Beta));
    }

    /// <summary>The data as they were given.</summary>
    public NmfData<T> Source { get; }

    /// <summary>The data in the unit.</summary>
    public NmfData<T> Data { get; }

    public FitUnit Unit { get; }

    public double Beta { get; }

    /// <summary>Mean sum of a sample.</summary>
    public double Level { get; }

    /// <summary>α.</summary>
    public double Weight { get; }

    public static CoupledData<T>[] Of(IReadOnlyList<NmfData<T>> views, CoNmfOptions options)
    {
        var data = new CoupledData<T>[views.Count];
        for (var v = 0; v < data.Length; v++)
        {
            ArgumentNullException.ThrowIfNull(views[v], nameof(views));
            if (views[v].Samples != views[0].Samples)
            {
                throw new ArgumentException(
                    $"View {v} has {views[v].Samples} samples, but view 0 has {views[0].Samples}: views are of the "
                    + "same samples. A sample that a view has not seen is a row of missing entries there.",
                    nameof(views));
            }

            data[v] = new CoupledData<T>(views[v], options.View(v), v);
        }

        return data;
    }
}
