using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Visits samples beside their model, several threads at a time; what is computed of a sample does not depend
/// on which.</summary>
/// <param name="samples">Number of samples.</param>
/// <param name="dictionary">W, features x rank.</param>
/// <param name="activations">H, samples x rank.</param>
/// <param name="copy">Writes the observed entries of a sample to a row of NaN.</param>
/// <param name="visit">Told sample number, its data and its means.</param>
/// <param name="cancellationToken">Looked at for every sample.</param>
internal sealed class SampleVisit<T>(
    int samples, Matrix<T> dictionary, Matrix<T> activations, SampleVisit<T>.Copy copy, SampleVisit<T>.Visit visit,
    CancellationToken cancellationToken) : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int SamplesPerBlock = 16;

    private double[][] _rows = [];
    private double[][] _means = [];
    private T[][] _stored = [];

    public delegate void Copy(int sample, Span<T> row);

    public delegate void Visit(int sample, Span<double> data, ReadOnlySpan<double> means);

    public void Run(WorkTeam team)
    {
        _rows = Rows<double>(team);
        _means = Rows<double>(team);
        _stored = Rows<T>(team);
        team.Run(this, (samples + SamplesPerBlock - 1) / SamplesPerBlock);
    }

    void IBlockWork.Run(int block, int worker)
    {
        var (row, means, stored) = (_rows[worker], _means[worker], _stored[worker]);
        var end = Math.Min(samples, (block + 1) * SamplesPerBlock);
        for (var n = block * SamplesPerBlock; n < end; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Array.Fill(stored, T.NaN);
            copy(n, stored);
            var h = activations.Row(n);
            for (var f = 0; f < row.Length; f++)
            {
                row[f] = double.CreateTruncating(stored[f]);
                means[f] = double.IsNaN(row[f]) ? 0
                    : double.CreateTruncating(TensorPrimitives.Dot<T>(h, dictionary.Row(f)));
            }

            visit(n, row, means);
        }
    }

    private TRow[][] Rows<TRow>(WorkTeam team)
        => [.. Enumerable.Range(0, team.Threads).Select(_ => new TRow[dictionary.Rows])];
}
