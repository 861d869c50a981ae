using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The rates of q(h_kn) = Gamma(a_kn, b_kn) where entries are missing: only features that were observed in a sample
/// tell how much of a component it has, <c>b_kn = β_k + Σ_f m_fn w_fk</c>, so that every sample has rates of its own;
/// and the dictionary is divided by what was observed of each feature, <c>Σ_n m_fn E[h_kn]</c>.
/// </summary>
/// <param name="shapes">a, samples x rank; kept.</param>
/// <param name="geometric">exp E[log h]; kept.</param>
/// <param name="dictionary">W, for its shape.</param>
internal sealed class ObservedRates<T>(Matrix<T> shapes, Matrix<T> geometric, Matrix<T> dictionary)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly GradientParts<T> _ofMeans = new(dictionary);
    private readonly Matrix<T> _means = new(shapes.Rows, shapes.Columns);

    /// <summary>b, samples x rank.</summary>
    public Matrix<T> Rates { get; private init; } = new(shapes.Rows, shapes.Columns);

    /// <summary>Those of some of the components.</summary>
    public ObservedRates<T> Select(int[] kept, Matrix<T> shapes, Matrix<T> geometric, Matrix<T> dictionary)
        => new(shapes, geometric, dictionary) { Rates = Components.Select(Rates, kept) };

    /// <summary>Takes the rates of a prior and a dictionary.</summary>
    /// <param name="rate">β_k.</param>
    /// <param name="positive">Σ_f m_fn w_fk: pos of the Kullback-Leibler divergence.</param>
    public void Take(ReadOnlySpan<double> rate, Matrix<T> positive)
    {
        for (var n = 0; n < Rates.Rows; n++)
        {
            var b = Rates.Row(n);
            var sums = positive.Row(n);
            for (var k = 0; k < b.Length; k++)
                b[k] = sums[k] + T.CreateSaturating(rate[k]);
        }
    }

    /// <summary>Divides exp ψ(a) by b.</summary>
    public void DivideGeometric()
    {
        for (var n = 0; n < Rates.Rows; n++)
        {
            var b = Rates.Row(n);
            var g = geometric.Row(n);
            for (var k = 0; k < b.Length; k++)
                g[k] /= b[k];
        }
    }

    /// <summary>Σ_n E[h_kn].</summary>
    public void Expect(Span<double> expected)
    {
        expected.Clear();
        for (var n = 0; n < Rates.Rows; n++)
        {
            var a = shapes.Row(n);
            var b = Rates.Row(n);
            var mean = _means.Row(n);
            for (var k = 0; k < b.Length; k++)
            {
                mean[k] = a[k] / b[k];
                expected[k] += double.CreateTruncating(mean[k]);
            }
        }
    }

    /// <summary>Σ_n m_fn E[h_kn], features x rank.</summary>
    public Matrix<T> ExpectedOfFeatures(DivergencePass<T> pass, Matrix<T> w)
    {
        pass.DictionaryGradient(w, _means, _ofMeans.Negative, _ofMeans.Positive);
        return _ofMeans.Positive;
    }

    /// <summary>Σ_kn α_k log(β_k / b_kn) - Σ_f m_fn w_fk E[h_kn].</summary>
    /// <param name="shape">α_k.</param>
    /// <param name="rate">β_k.</param>
    /// <param name="positive">Σ_f m_fn w_fk.</param>
    /// <param name="team">Threads to use.</param>
    public double Prior(ReadOnlySpan<double> shape, ReadOnlySpan<double> rate, Matrix<T> positive, WorkTeam team)
    {
        var sum = -FactorKernels.InnerProduct(_means, positive, team);
        for (var n = 0; n < Rates.Rows; n++)
        {
            var b = Rates.Row(n);
            for (var k = 0; k < b.Length; k++)
                sum += shape[k] * Math.Log(rate[k] / double.CreateTruncating(b[k]));
        }

        return sum;
    }

    /// <summary>Σ_kn log b_kn.</summary>
    public double SumOfLogarithms()
    {
        double sum = 0;
        for (var n = 0; n < Rates.Rows; n++)
        {
            foreach (var b in Rates.Row(n))
                sum += Math.Log(double.CreateTruncating(b));
        }

        return sum;
    }
}
