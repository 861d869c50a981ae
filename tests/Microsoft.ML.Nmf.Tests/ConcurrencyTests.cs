using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MLNmf.Tests;

public class ConcurrencyTests
{
    private readonly MLContext _context = new(seed: 1);

    [Theory]
    [InlineData(2.0)]
    [InlineData(1.0)]
    [InlineData(0.5)]
    public async Task Parallel_cursors_give_the_bits_of_a_single_one(double beta)
    {
        var view = TestRows.View(_context, TestRows.Values(rows: 200));
        var output = _context.Transforms.NonnegativeMatrixFactorization(
            "H", "Features", rank: 4, beta: beta, maximumIterations: 20).Fit(view).Transform(view);
        var expected = TestRows.Column(output, "H");

        var tasks = Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            var rows = new float[200][];
            var cursors = output.GetRowCursorSet(output.Schema, 4);
            Parallel.ForEach(cursors, cursor =>
            {
                using (cursor)
                {
                    var h = cursor.GetGetter<VBuffer<float>>(output.Schema["H"]);
                    var id = cursor.GetGetter<int>(output.Schema["Id"]);
                    VBuffer<float> values = default;
                    var n = 0;
                    while (cursor.MoveNext())
                    {
                        id(ref n);
                        h(ref values);
                        rows[n] = [.. values.DenseValues()];
                    }
                }
            });
            return rows;
        }));

        foreach (var rows in await Task.WhenAll(tasks))
            Assert.Equal(expected, rows);
    }

    [Fact]
    public void Prediction_engines_on_several_threads_share_a_transformer()
    {
        var values = TestRows.Values(rows: 100);
        var view = TestRows.View(_context, values);
        var model = _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 4, maximumIterations: 20)
            .Fit(view);
        var expected = TestRows.Column(model.Transform(view), "H");
        var wrong = 0;

        Parallel.For(0, 4, _ =>
        {
            var engine = _context.Model.CreatePredictionEngine<Input, Output>(model);
            for (var n = 0; n < values.Length; n++)
            {
                if (!engine.Predict(new Input { Features = values[n] }).H.AsSpan().SequenceEqual(expected[n]))
                    Interlocked.Increment(ref wrong);
            }
        });

        Assert.Equal(0, wrong);
    }

    [Theory]
    [InlineData(2.0, true, false)]
    [InlineData(2.0, false, true)]
    [InlineData(1.0, true, true)]
    [InlineData(0.5, false, false)]
    public void A_row_allocates_nothing_once_the_buffers_have_grown(double beta, bool sparse, bool reconstruction)
    {
        var values = TestRows.Values(rows: 60, density: sparse ? 0.3 : 1);
        var view = TestRows.View(_context, values, sparse);
        var model = _context.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", Rank = 4, Problem = beta,
            Iterations = new() { MaximumIterations = 5 }, ReconstructionColumnName = reconstruction ? "Y" : null,
        }).Fit(view);
        var input = new RepeatedRow(
            view, sparse ? TestRows.Sparse(values[0]) : new VBuffer<float>(values[0].Length, values[0]));
        var mapper = ((ITransformer)model).GetRowToRowMapper(view.Schema);
        using var row = mapper.GetRow(input, mapper.OutputSchema.Where(column => column.Name is "H" or "Y"));
        var getters = mapper.OutputSchema.Where(column => column.Name is "H" or "Y")
            .Select(row.GetGetter<VBuffer<float>>).ToArray();
        var outputs = new VBuffer<float>[getters.Length];
        Read(100);

        // The runtime may allocate on this thread once, when it recompiles a hot method; what rows allocate, they
        // allocate in every round.
        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Read(1000);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);

        void Read(int times)
        {
            for (var i = 0; i < times; i++)
            {
                input.Advance();
                for (var g = 0; g < getters.Length; g++)
                    getters[g](ref outputs[g]);
            }
        }
    }

    /// <summary>A row at ever new positions with the same values.</summary>
    private sealed class RepeatedRow(IDataView view, VBuffer<float> features) : DataViewRow
    {
        private long _position = -1;

        public override long Position => _position;

        public override long Batch => 0;

        public override DataViewSchema Schema => view.Schema;

        public void Advance() => _position++;

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        public override ValueGetter<DataViewRowId> GetIdGetter()
            => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            ValueGetter<VBuffer<float>> getter = (ref VBuffer<float> value) => features.CopyTo(ref value);
            return (ValueGetter<TValue>)(Delegate)getter;
        }
    }

    private sealed class Input
    {
        [VectorType(12)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Output
    {
        public float[] H { get; set; } = [];
    }
}
