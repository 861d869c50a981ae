namespace Inpainting;

/// <summary>What a restoration has to beat.</summary>
internal static class SimpleFilling
{
    /// <summary>Every missing pixel becomes the mean colour.</summary>
    public static Picture Mean(Picture holes)
    {
        var filled = new Picture(holes.Width, holes.Height);
        for (var c = 0; c < Picture.Channels; c++)
        {
            var (sum, count) = (0.0, 0);
            for (var y = 0; y < holes.Height; y++)
            {
                for (var x = 0; x < holes.Width; x++)
                {
                    if (!float.IsNaN(holes[x, y, c]))
                        (sum, count) = (sum + holes[x, y, c], count + 1);
                }
            }

            for (var y = 0; y < holes.Height; y++)
            {
                for (var x = 0; x < holes.Width; x++)
                    filled[x, y, c] = float.IsNaN(holes[x, y, c]) ? (float)(sum / count) : holes[x, y, c];
            }
        }

        return filled;
    }

    /// <summary>Every missing pixel becomes the mean of the observed ones around it, in the smallest
    /// square that has any.</summary>
    public static Picture Neighbours(Picture holes) => holes.FilledBy((x, y, c) => Around(holes, x, y, c));

    private static float Around(Picture holes, int x, int y, int channel)
    {
        for (var radius = 1; ; radius++)
        {
            var (sum, count) = (0f, 0);
            for (var v = Math.Max(0, y - radius); v <= Math.Min(holes.Height - 1, y + radius); v++)
            {
                for (var u = Math.Max(0, x - radius); u <= Math.Min(holes.Width - 1, x + radius); u++)
                {
                    if (!float.IsNaN(holes[u, v, channel]))
                        (sum, count) = (sum + holes[u, v, channel], count + 1);
                }
            }

            if (count > 0)
                return sum / count;
        }
    }
}
