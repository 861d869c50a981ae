using Nmf;
using Nmf.Audio;
using PianoDecomposition.Sound;

namespace AutomaticRelevance.Piano;

/// <summary>A piece and its power spectrogram, with the frames of the published decompositions: a sine bell of 1024
/// samples, half overlapping.</summary>
internal sealed class PianoMusic
{
    public PianoMusic(Piece piece)
    {
        Piece = piece;
        var stft = new Stft(new StftOptions { FrameLength = 1024, HopLength = 512, Window = StftWindow.Sine });
        Spectrogram = stft.Analyze(piece.Samples);
        var power = Spectrogram.Power();
        Data = SpectralScaling.For(power).ToData(power);
        BinWidth = stft.Frequency(1, piece.SampleRate);
    }

    public Piece Piece { get; }

    public Spectrogram Spectrogram { get; }

    /// <summary>Powers, frames x frequencies.</summary>
    public NmfData<float> Data { get; }

    /// <summary>Distance of two frequencies in Hz.</summary>
    public double BinWidth { get; }
}
