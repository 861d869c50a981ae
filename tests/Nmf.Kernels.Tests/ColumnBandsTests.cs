namespace Nmf.Kernels.Tests;

/// <summary>Steps of the dictionary whose samples are so many that they are taken band by band.</summary>
public sealed unsafe class ColumnBandsTests
{
    private const int Samples = 70_000;
    private const int Features = 40;
    private const int Rank = 20;

    private static readonly SparseMatrix<float> Data = Counts();
    private static readonly SparseMatrix<float> Transposed = Data.Transpose();

    [Fact]
    public void Bands_hold_every_entry_once_and_in_order()
    {
        var bands = new ColumnBands<float>();
        bands.Cut(Transposed, 24);
        Assert.Equal(2, bands.Count);
        for (var i = 0; i < Transposed.Rows; i++)
        {
            Assert.Equal(Transposed.RowStarts[i], bands.Starts(0)[i]);
            Assert.Equal(Transposed.RowStarts[i + 1], bands.Starts(2)[i]);
            var middle = bands.Starts(1)[i];
            Assert.InRange(middle, bands.Starts(0)[i], bands.Starts(2)[i]);
            if (middle > bands.Starts(0)[i])
                Assert.True(Transposed.ColumnIndices[middle - 1] < Samples / 2);
            if (middle < bands.Starts(2)[i])
                Assert.True(Transposed.ColumnIndices[middle] >= Samples / 2);
        }

        bands.Clear();
        bands.Cut(Data, 24);
        Assert.Equal(1, bands.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Gradients_are_sums_over_all_entries(int threads)
    {
        using var team = new WorkTeam(threads);
        var pass = DivergencePass<float>.Create(Data, Transposed, Rank, 1, team);
        var (w, h) = (Factor(Features, 1), Factor(Samples, 2));
        var (negative, positive) = (new Matrix<float>(Features, Rank), new Matrix<float>(Features, Rank));
        for (var round = 0; round < 2; round++)
            pass.DictionaryGradient(w, h, negative, positive);

        for (var f = 0; f < Features; f += 13)
        {
            var sums = new double[Rank];
            for (var at = Transposed.RowStarts[f]; at < Transposed.RowStarts[f + 1]; at++)
            {
                var n = Transposed.ColumnIndices[at];
                double model = 0;
                for (var k = 0; k < Rank; k++)
                    model += (double)w[f, k] * h[n, k];
                for (var k = 0; k < Rank; k++)
                    sums[k] += Transposed.Values[at] / model * h[n, k];
            }

            for (var k = 0; k < Rank; k++)
                Assert.Equal(sums[k], negative[f, k], 1e-5 * sums[k]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Updates_are_those_of_the_gradient_for_any_number_of_threads(bool hasMomentum)
    {
        var results = new List<float[]>();
        foreach (var threads in new[] { 1, 2, 3 })
        {
            using var team = new WorkTeam(threads);
            var pass = DivergencePass<float>.Create(Data, Transposed, Rank, 1, team);
            var (w, h) = (Factor(Features, 1), Factor(Samples, 2));
            var momentum = hasMomentum ? new Momentum<float>(Features, Rank) { Weight = 0.4 } : null;
            var (negative, positive) = (new Matrix<float>(Features, Rank), new Matrix<float>(Features, Rank));
            for (var step = 0; step < 3; step++)
            {
                pass.DictionaryGradient(w, h, negative, positive);
                var expected = new Matrix<float>(Features, Rank);
                for (var f = 0; f < Features; f++)
                {
                    for (var k = 0; k < Rank; k++)
                        expected[f, k] = w[f, k] * (negative[f, k] / positive[f, k]);
                }

                pass.UpdateDictionary(w, h, 1, momentum);
                for (var f = 0; f < Features && (step == 0 || !hasMomentum); f++)
                {
                    for (var k = 0; k < Rank; k++)
                        Assert.Equal(expected[f, k], w[f, k], 1e-6f * expected[f, k]);
                }
            }

            results.Add(w.ToRowMajor());
        }

        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
    }

    private static Matrix<float> Factor(int rows, int seed)
    {
        var random = new Random(seed);
        return Matrix<float>.FromRowMajor(
            [.. Enumerable.Range(0, rows * Rank).Select(_ => 0.1f + random.NextSingle())], rows, Rank);
    }

    private static SparseMatrix<float> Counts()
    {
        var random = new Random(7);
        var (starts, indices, values) = (new long[Samples + 1], new List<int>(), new List<float>());
        for (var n = 0; n < Samples; n++)
        {
            for (var f = random.Next(7); f < Features; f += 1 + random.Next(9))
            {
                indices.Add(f);
                values.Add(1 + random.Next(4));
            }

            starts[n + 1] = indices.Count;
        }

        return SparseMatrix<float>.FromCsr(Samples, Features, starts, [.. indices], [.. values]);
    }
}
