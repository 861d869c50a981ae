using Microsoft.ML;
using Microsoft.ML.Data;

namespace TopicService.Tests;

/// <summary>A stock pipeline that is quick to train and whose answer says which model gave it: it divides by a number
/// of one's choice.</summary>
internal static class Scaling
{
    public const int Length = 3;

    public static byte[] Model(float divisor)
    {
        var context = new MLContext(seed: 1);
        Row[] rows = [new() { Values = [0, 0, 0] }, new() { Values = [divisor, divisor, divisor] }];
        var data = context.Data.LoadFromEnumerable(rows);
        var model = context.Transforms.NormalizeMinMax("Scaled", "Values", fixZero: true).Fit(data);
        using var stream = new MemoryStream();
        context.Model.Save(model, data.Schema, stream);
        return stream.ToArray();
    }

    internal sealed class Row
    {
        [VectorType(Length)]
        public float[] Values { get; set; } = [];
    }

    /// <summary>A row whose class does not know the length.</summary>
    internal sealed class OpenRow
    {
        public float[] Values { get; set; } = [];
    }

    internal sealed class LongRow
    {
        [VectorType(Length + 1)]
        public float[] Values { get; set; } = [];
    }

    internal sealed class Scaled
    {
        [ColumnName("Scaled")]
        public float[] Values { get; set; } = [];
    }

    internal sealed class Unknown
    {
        public float Score { get; set; }
    }
}
