using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>A fold that holds out single entries: the fit takes them as missing and its model predicts
/// them (Wold 1978).</summary>
internal sealed class HeldOutEntries<T> : HeldOutFold<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly SparseMatrix<T> _heldOut;

    /// <summary>Splits the data.</summary>
    /// <param name="data">Data; what is missing there is in neither part.</param>
    /// <param name="random">Its number for an entry says whether the fold holds it out, so no mask is stored.</param>
    /// <param name="from">Entries whose number is at least this are held out …</param>
    /// <param name="to">… if it is below this.</param>
    public HeldOutEntries(NmfData<T> data, CounterRandom random, double from, double to)
    {
        // Where few entries were observed the parts store these; otherwise the fit needs all the others,
        // zeros too, as observed zeros.
        var ratings = data.IsSparse && data.AbsentEntries == AbsentEntries.Missing;
        var seen = ratings ? null : new Matrix<T>(data.Samples, data.Features);
        var seenSparse = ratings ? new RowsInTurn<T>(data.Features) : null;
        var heldOut = new RowsInTurn<T>(data.Features);
        var row = new T[data.Features];
        for (var n = 0; n < data.Samples; n++)
        {
            Array.Fill(row, T.NaN);
            data.CopyObserved(n, row);
            heldOut.BeginRow();
            seenSparse?.BeginRow();
            for (var f = 0; f < row.Length; f++)
            {
                if (T.IsNaN(row[f]))
                    continue;
                if (random.Uniform(((long)n * row.Length) + f) is var number && number >= from && number < to)
                {
                    heldOut.Add(f, row[f]);
                    row[f] = T.NaN;
                }
                else
                {
                    seenSparse?.Add(f, row[f]);
                }
            }

            if (seen is not null)
                row.CopyTo(seen.Row(n));
        }

        Training = seen is not null
            ? NmfData<T>.FromMatrix(seen, MissingValues.NaN)
            : NmfData<T>.FromMatrix(seenSparse!.ToMatrix(), AbsentEntries.Missing);
        _heldOut = heldOut.ToMatrix();
        Entries = _heldOut.NonZeros;
    }

    public override NmfData<T> Training { get; }

    public override long Entries { get; }

    public override int Samples => _heldOut.Rows;

    public override (Matrix<T> Dictionary, Matrix<T> Activations) Factors(
        NmfModel<T> model, WorkTeam team, CancellationToken cancellationToken)
        => (model.Dictionary, model.Activations);

    public override void CopyHeldOut(int sample, Span<T> row)
    {
        var values = _heldOut.RowValues(sample);
        var indices = _heldOut.RowIndices(sample);
        for (var j = 0; j < values.Length; j++)
            row[indices[j]] = values[j];
    }

    public override double Divergence(NmfModel<T> model, WorkTeam team, CancellationToken cancellationToken)
    {
        var beta = model.Options.Problem.BetaOrNull!.Value;
        return new Predictions<T>(model.Dictionary, model.Activations, beta, Predictions<T>.Floor(Training, beta))
            .DivergenceOfStored(_heldOut, cancellationToken);
    }
}
