using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Counts with <c>v_fn ~ Poisson([WH]_fn)</c> and <c>h_kn ~ Gamma(α_k, rate β_k)</c> by Monte-Carlo
/// expectation-maximisation: with activations integrated out, each unit of a count in turn chooses a component,
/// <c>p(k) ∝ w_fk / (β_k + Σ_f w_fk) · (α_k + the other units of the sample in k)</c> (collapsed Gibbs sampling), then
/// <c>w_fk = β_k E[c_fk] / (N α_k)</c>, the maximum for given choices in closed form (Filstroff, Lumbreras and Févotte,
/// "Closed-form marginal likelihood in Gamma-Poisson matrix factorization", 2018). E[c] is the mean of these
/// probabilities over the sweeps of an iteration and, with weights i^-0.6, over iterations, which settles (Delyon,
/// Lavielle and Moulines, "Convergence of a stochastic approximation version of the EM algorithm", 1999).
/// </summary>
/// <remarks>
/// A sweep costs about 6 operations per component and unit of a count. The objective is the variational bound at the
/// dictionary: comparable with that of the other method, but it may increase. Probabilities are added up in whole
/// multiples of 2^-30 and random numbers go by place, so that no bit depends on the number of threads.
/// </remarks>
internal sealed class CollapsedGibbsSolver<T> : VariationalPoissonSolver<T>, IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int SamplesOfBlock = 16;
    private const int RefinementsOfBound = 5;
    private const double Forgetting = -0.6;
    private const double Unit = 1 << 30;

    private readonly int[] _first;
    private readonly int[] _features;
    private readonly int[] _components;
    private readonly int _seed;
    private readonly int _sweeps;
    private CounterRandom _random;
    private int _start;
    private double[] _average;
    private double[] _weights;
    private long[][] _counts;
    private double[][] _scratch;
    private int _iteration;
    private long _sweep;

    /// <param name="data">Whole counts, see <see cref="UnitsOf"/>.</param>
    /// <param name="dictionary">W; updated in place.</param>
    /// <param name="posterior">The a to start from, samples x rank, positive; updated in place.</param>
    /// <param name="shape">α_k; kept.</param>
    /// <param name="rate">β_k; kept and changed.</param>
    /// <param name="estimatesShape">Whether α is estimated, the same for all components.</param>
    /// <param name="seed">Seed of the random numbers.</param>
    /// <param name="start">Number of the start, which has numbers of its own.</param>
    /// <param name="sweeps">Sweeps of an iteration, at least 1.</param>
    /// <param name="team">Threads to use.</param>
    public CollapsedGibbsSolver(
        NmfData<T> data, Matrix<T> dictionary, Matrix<T> posterior, double[] shape, double[] rate, bool estimatesShape,
        int seed, int start, int sweeps, WorkTeam team)
        : base(data, dictionary, posterior, shape, rate, estimatesShape, team)
    {
        (_seed, _start, _sweeps, _random) = (seed, start, sweeps, new CounterRandom(seed, start));
        _first = new int[data.Samples + 1];
        _features = new int[UnitsOf(data)];
        _components = new int[_features.Length];
        var at = 0;
        for (var n = 0; n < data.Samples; n++)
        {
            ReadOnlySpan<T> values = data.Dense is { } dense ? dense.Row(n) : data.Sparse!.RowValues(n);
            ReadOnlySpan<int> indices = data.Dense is null ? data.Sparse!.RowIndices(n) : [];
            for (var j = 0; j < values.Length; j++)
            {
                var count = int.CreateTruncating(values[j]);
                _features.AsSpan(at, count).Fill(indices.IsEmpty ? j : indices[j]);
                at += count;
            }

            _first[n + 1] = at;
        }

        _average = new double[W.Rows * W.Columns];
        (_weights, _counts, _scratch) = (new double[_average.Length], [], []);
        Allocate();
        Start(posterior);
    }

    /// <summary>The sum of the counts.</summary>
    /// <exception cref="NmfDataException">One is not whole, or there are too many.</exception>
    public static int UnitsOf(NmfData<T> data)
    {
        double sum = 0;
        for (var n = 0; n < data.Samples; n++)
        {
            ReadOnlySpan<T> values = data.Dense is { } dense ? dense.Row(n) : data.Sparse!.RowValues(n);
            for (var j = 0; j < values.Length; j++)
            {
                if (!T.IsInteger(values[j]))
                {
                    var feature = data.Dense is null ? data.Sparse!.RowIndices(n)[j] : j;
                    throw new NmfDataException(
                        $"The entry at sample {n}, feature {feature} is {values[j]}, but Monte Carlo needs whole "
                        + "counts: round them, or choose the variational method.", n, feature,
                        double.CreateTruncating(values[j]));
                }

                sum += double.CreateTruncating(values[j]);
            }
        }

        return sum <= Array.MaxLength ? (int)sum : throw new NmfDataException(
            $"The counts add up to {sum}, more than Monte Carlo can hold: choose the variational method.");
    }

    public override void Step()
    {
        var rank = W.Columns;
        FactorKernels.ColumnSums(W, _scratch[0].AsSpan(0, rank), Team);
        for (var f = 0; f < W.Rows; f++)
        {
            var row = W.Row(f);
            for (var k = 0; k < rank; k++)
                _weights[(f * rank) + k] = double.CreateTruncating(row[k]) / (_scratch[0][k] + Rate[k]);
        }

        foreach (var counts in _counts)
            Array.Clear(counts);
        for (var i = 0; i < _sweeps; i++)
        {
            _sweep = ((long)_iteration * _sweeps) + i + 1;
            Team.Run(this, (_first.Length - 1 + SamplesOfBlock - 1) / SamplesOfBlock);
        }

        var step = Math.Pow(++_iteration, Forgetting);
        for (var f = 0; f < W.Rows; f++)
        {
            var row = W.Row(f);
            for (var k = 0; k < rank; k++)
            {
                var place = (f * rank) + k;
                long sum = 0;
                foreach (var counts in _counts)
                    sum += counts[place];
                _average[place] += step * ((sum / (Unit * _sweeps)) - _average[place]);
                row[k] = T.CreateSaturating(Rate[k] * _average[place] / (Data.Samples * Shape[k]));
            }
        }

        DictionaryMoved();
    }

    public override double Objective()
    {
        for (var i = 0; i < RefinementsOfBound; i++)
            Refine();
        return base.Objective();
    }

    // Noise is no convergence: all iterations are run.
    public override bool? HasConverged(double tolerance) => false;

    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        writer.Write(_start);
        writer.Write(_iteration);
        writer.WriteNumbers<double>(_average);
        foreach (var component in _components)
            writer.Write(component);
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _start = (int)reader.ReadCount();
        _random = new CounterRandom(_seed, _start);
        _iteration = (int)reader.ReadCount();
        reader.ReadFinite(_average, 0);
        foreach (ref var component in _components.AsSpan())
        {
            component = reader.ReadInt32();
            if (component < 0 || component >= W.Columns)
                throw new FormatException("A component is out of range.");
        }
    }

    void IBlockWork.Run(int block, int worker)
    {
        var end = int.Min(_first.Length - 1, (block + 1) * SamplesOfBlock);
        for (var n = block * SamplesOfBlock; n < end; n++)
            Sweep(_first[n], _first[n + 1], _counts[worker], _scratch[worker]);
    }

    private protected override void Reduced(int[] kept)
    {
        base.Reduced(kept);
        var before = _average.Length / W.Rows;
        var average = new double[W.Rows * kept.Length];
        for (var f = 0; f < W.Rows; f++)
        {
            for (var k = 0; k < kept.Length; k++)
                average[(f * kept.Length) + k] = _average[(f * before) + kept[k]];
        }

        // A unit of a component that is gone chooses anew in the next sweep.
        foreach (ref var component in _components.AsSpan())
            component = Math.Max(0, Array.IndexOf(kept, component));
        _average = average;
        Allocate();
    }

    private void Sweep(int from, int to, long[] counts, double[] scratch)
    {
        var rank = W.Columns;
        var others = scratch.AsSpan(0, rank);
        var chances = scratch.AsSpan(rank, rank);
        others.Clear();
        for (var unit = from; unit < to; unit++)
            others[_components[unit]]++;
        for (var unit = from; unit < to; unit++)
        {
            others[_components[unit]]--;
            var place = _features[unit] * rank;
            double total = 0;
            for (var k = 0; k < rank; k++)
            {
                chances[k] = _weights[place + k] * (Shape[k] + others[k]);
                total += chances[k];
            }

            if (total > 0)
            {
                var left = total * _random.Uniform((_sweep * _features.Length) + unit);
                var scale = Unit / total;
                var chosen = -1;
                for (var k = 0; k < rank; k++)
                {
                    counts[place + k] += (long)(chances[k] * scale);
                    left -= chances[k];
                    if (chosen < 0 && left < 0)
                        chosen = k;
                }

                _components[unit] = chosen < 0 ? _components[unit] : chosen;
            }
            else
            {
                counts[place + _components[unit]] += (long)Unit;
            }

            others[_components[unit]]++;
        }
    }

    // By what the start expects.
    private void Start(Matrix<T> posterior)
    {
        for (var n = 0; n + 1 < _first.Length; n++)
        {
            var a = posterior.Row(n);
            for (var unit = _first[n]; unit < _first[n + 1]; unit++)
            {
                var w = W.Row(_features[unit]);
                double total = 0;
                for (var k = 0; k < w.Length; k++)
                    total += double.CreateTruncating(w[k]) * double.CreateTruncating(a[k]);
                total *= _random.Uniform(unit);
                var chosen = 0;
                for (; chosen + 1 < w.Length; chosen++)
                {
                    total -= double.CreateTruncating(w[chosen]) * double.CreateTruncating(a[chosen]);
                    if (total < 0)
                        break;
                }

                _components[unit] = chosen;
            }
        }
    }

    private void Allocate()
    {
        _weights = new double[_average.Length];
        _counts = [.. Enumerable.Range(0, Team.Threads).Select(_ => new long[_average.Length])];
        _scratch = [.. Enumerable.Range(0, Team.Threads).Select(_ => new double[2 * W.Columns])];
    }
}
