using Microsoft.ML.Data;

namespace Sequences;

/// <summary>A row of the data: the power spectrum of one frame, and the recording that it belongs to.</summary>
internal sealed class Frame
{
    public int Recording { get; set; }

    [VectorType(Melody.Bins)]
    public float[] Power { get; set; } = [];
}
