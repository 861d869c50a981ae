using SoundDefaults;
using SpeechEnhancement.Sound;

return ConsoleProgram.Run(() =>
{
    var command = new SampleCommand(
        "SoundDefaults",
        """
        What the defaults of the models of sound were chosen by: tables over several sounds and corpora.
        Without options it takes sounds that it synthesises. The script spoken-digits.py beside this sample makes the
        folders of speech and of clips with the text-to-speech programs of Debian.
        """);
    var partOption = command.OneOf(
        "--part", "One table (that of stereo needs the recordings)",
        ["starts", "relevance", "trust", "clips", "stereo"]);
    var recordingsOption = command.Flag("--recordings", "Also the recordings of ../shared/data/audio");
    var seedsOption = command.WholeNumber("--seeds", "Random starts of each fit", 10, least: 1, most: 100);
    var speech = command.ExistingFolder(
        "--speech", "FOLDER", "More speech for the table of trust: a folder of WAV files for each speaker");
    var clipsOption = command.ExistingFolder(
        "--clips", "FOLDER",
        "Clips for the table of clips, which are called WORD_SPEAKER_NUMBER.wav; trained on one half of the speakers, "
        + "tested on the other");
    var judge = command.ExistingFolder("--judge", "FOLDER", "Clips of other speakers to test on");
    if (command.Parse(args) is not { } asked)
        return;
    var (part, seeds, clips) = (asked.GetValue(partOption), asked.GetValue(seedsOption), asked.GetValue(clipsOption));
    var recordings = !asked.GetValue(recordingsOption) ? null : RecordedSounds.Find()
        ?? throw new UserErrorException("There is no ../shared/data/audio above this folder.");
    if (part is null or "starts")
        StartTable.PrintPlain(recordings, seeds);
    if (part is null or "relevance")
        StartTable.PrintRelevance(recordings, seeds);
    if (part is null or "trust")
        TrustTable.Print(Voices.Corpora(recordings, asked.GetValue(speech)));
    if (part == "stereo" && recordings is null)
        throw new UserErrorException("The table of stereo mixtures needs --recordings.");
    if (recordings is not null && part is null or "stereo")
        StereoTable.Print(recordings!);
    if (clips is not null)
        ClipTable.Print(clips, asked.GetValue(judge));
    else if (part == "clips")
        throw new UserErrorException("The table of clips needs --clips FOLDER.");
});
