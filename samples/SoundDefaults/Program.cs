using SoundDefaults;
using SpeechEnhancement.Sound;

const string usage = """
    What the defaults of the models of sound were chosen by: tables over several sounds and corpora.

      dotnet run -c Release --project samples/SoundDefaults [-- options]

    Without options it takes sounds that it synthesises.

      --part NAME         one table: starts, relevance, trust, clips or stereo (which needs the recordings)
      --recordings        also the recordings of ../shared/data/audio
      --seeds NUMBER      random starts of each fit, 1 to 100 (10)
      --speech FOLDER     more speech for the table of trust: a folder of WAV files for each speaker
      --clips FOLDER      clips for the table of clips, which are called WORD_SPEAKER_NUMBER.wav; trained on one half of
                          the speakers, tested on the other
      --judge FOLDER      clips of other speakers to test on
      --help              this text

    The script spoken-digits.py beside this sample makes both folders with the text-to-speech programs of Debian.
    """;

return ConsoleProgram.Run(() =>
{
    var (part, recordings, seeds) = ((string?)null, (string?)null, 10);
    var (speech, clips, judge) = ((string?)null, (string?)null, (string?)null);
    var reader = new ArgumentReader(args);
    while (reader.NextOption() is { } name)
    {
        switch (name)
        {
            case "--part":
                part = reader.OneOf("starts", "relevance", "trust", "clips", "stereo");
                break;
            case "--recordings":
                recordings = RecordedSounds.Find()
                    ?? throw new UserErrorException("There is no ../shared/data/audio above this folder.");
                break;
            case "--seeds":
                seeds = reader.WholeNumber(1, 100);
                break;
            case "--speech":
                speech = Folder(reader.Text());
                break;
            case "--clips":
                clips = Folder(reader.Text());
                break;
            case "--judge":
                judge = Folder(reader.Text());
                break;
            case "--help":
                Console.WriteLine(usage);
                return;
            default:
                throw reader.Unknown();
        }
    }

    if (part is null or "starts")
        StartTable.PrintPlain(recordings, seeds);
    if (part is null or "relevance")
        StartTable.PrintRelevance(recordings, seeds);
    if (part is null or "trust")
        TrustTable.Print(Voices.Corpora(recordings, speech));
    if (part == "stereo" && recordings is null)
        throw new UserErrorException("The table of stereo mixtures needs --recordings.");
    if (recordings is not null && part is null or "stereo")
        StereoTable.Print(recordings!);
    if (clips is not null)
        ClipTable.Print(clips, judge);
    else if (part == "clips")
        throw new UserErrorException("The table of clips needs --clips FOLDER.");
});

static string Folder(string path)
    => Directory.Exists(path) ? path : throw new UserErrorException($"There is no folder {path}.");
