using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Factors of a tensor and the way to improve them: <c>D_β(V | Σ_k a_k⁽¹⁾ ∘ … ∘ a_k⁽ᴺ⁾)</c> in one factor after the
/// other (Cichocki, Zdunek, Phan and Amari, "Nonnegative Matrix and Tensor Factorizations", 2009). With the others
/// fixed the model is linear in a factor, so that every guarantee of a matrix holds.
/// </summary>
internal abstract class CpSolver<T> : IIterativeModel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Scales of factors drift apart in long runs; the model does not see the correction.
    private const int RebalanceInterval = 50;

    private readonly double[] _scale;
    private readonly double[] _rest;
    private int _steps;

    private protected CpSolver(NmfTensor<T> data, double beta, Matrix<T>[] factors, int[] modes, WorkTeam team)
    {
        (Data, Factors, Modes, Team) = (data, factors, modes, team);
        Pass = data.CreatePass(factors[0].Columns, beta, team);
        _scale = new double[factors[0].Columns];
        _rest = new double[factors[0].Columns];
    }

    /// <summary>One factor for each mode, lengths x rank; updated in place.</summary>
    public Matrix<T>[] Factors { get; }

    private protected NmfTensor<T> Data { get; }

    /// <summary>The modes whose factors are updated, in this order.</summary>
    private protected int[] Modes { get; }

    private protected TensorPass<T> Pass { get; }

    private protected WorkTeam Team { get; }

    /// <summary>The solver that options ask for.</summary>
    /// <param name="data">Data in the unit of the fit.</param>
    /// <param name="options">β and solver.</param>
    /// <param name="factors">Where to start; updated in place.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="modes">The modes whose factors are updated, or null for all.</param>
    public static CpSolver<T> Create(
        NmfTensor<T> data, TensorNmfOptions options, Matrix<T>[] factors, WorkTeam team, int[]? modes = null)
    {
        modes ??= [.. Enumerable.Range(0, factors.Length)];
        return options.SolverFor(data.IsWeighted) switch
        {
            NmfSolver.Hals => new CpHalsSolver<T>(data, factors, modes, team, extrapolates: false),
            NmfSolver.ExtrapolatedHals => new CpHalsSolver<T>(data, factors, modes, team, extrapolates: true),
            NmfSolver.MajorizationMinimization => new CpMultiplicativeSolver<T>(
                data, options.Beta, BetaDivergence.MajorizationExponent(options.Beta), factors, modes, team, false),
            NmfSolver.ExtrapolatedMultiplicativeUpdate => new CpMultiplicativeSolver<T>(
                data, options.Beta, options.Beta == 1 ? FactorKernels.OverrelaxedExponent : 1, factors, modes, team,
                true),
            _ => new CpMultiplicativeSolver<T>(
                data, options.Beta, BetaDivergence.FastExponent(options.Beta), factors, modes, team, false),
        };
    }

    /// <summary>One iteration: every factor once.</summary>
    public void Step()
    {
        Update();
        if (++_steps % RebalanceInterval == 0 && Modes.Length == Factors.Length)
            Rebalance();
    }

    public abstract double Objective();

    public virtual void Save(BinaryWriter writer)
    {
        writer.Write(_steps);
        foreach (var factor in Factors)
            writer.WriteMatrix(factor);
    }

    public virtual void Load(BinaryReader reader)
    {
        _steps = (int)reader.ReadCount();
        foreach (var factor in Factors)
            reader.ReadFactor(factor);
    }

    private protected abstract void Update();

    /// <summary>Called when the columns of a factor were multiplied by powers of two.</summary>
    private protected abstract void Rescaled(int mode, ReadOnlySpan<double> scale);

    // Columns of all factors but the last get a sum between 1 and 2, by powers of two, which change no digit.
    private void Rebalance()
    {
        Array.Fill(_rest, 1);
        for (var n = 0; n < Factors.Length - 1; n++)
        {
            FactorKernels.ColumnSums(Factors[n], _scale);
            for (var k = 0; k < _scale.Length; k++)
            {
                var exponent = _scale[k] > 0 ? Math.ILogB(_scale[k]) : 0;
                _scale[k] = Math.ScaleB(1, -exponent);
                _rest[k] = Math.ScaleB(_rest[k], exponent);
            }

            FactorKernels.ScaleColumns(Factors[n], _scale);
            Rescaled(n, _scale);
        }

        FactorKernels.ScaleColumns(Factors[^1], _rest);
        Rescaled(Factors.Length - 1, _rest);
    }
}
