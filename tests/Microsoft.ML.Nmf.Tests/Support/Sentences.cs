namespace MLNmf.Tests;

/// <summary>Forty-two short texts about cooking, football and astronomy, fourteen each, in that order.</summary>
internal static class Sentences
{
    public static readonly string[] Labels = ["cooking", "football", "astronomy"];

    public static readonly string[] All =
    [
        "simmer the tomato soup with garlic and basil",
        "bake the bread in a hot oven until the crust is brown",
        "chop the onion and fry it in butter with garlic",
        "season the soup with salt and pepper before serving",
        "knead the dough and let the bread rise for an hour",
        "roast the chicken in the oven with butter and salt",
        "boil the pasta in salted water and add tomato sauce",
        "whisk eggs with sugar and flour to make a cake",
        "fry the eggs in butter and serve with fresh bread",
        "stir the sauce with onion garlic and a little pepper",
        "bake the cake in the oven and cool it on a plate",
        "mix flour butter and sugar into a soft dough",
        "grill the chicken with pepper and lemon sauce",
        "serve the pasta with basil tomato and olive oil",
        "the striker scored a goal in the last minute of the match",
        "the keeper saved a penalty and the team won the cup",
        "the coach praised the defence after the match",
        "a late goal decided the league game between the two teams",
        "the referee gave a penalty after a foul by the keeper",
        "the team lost the final match of the season",
        "the striker missed a penalty in front of the goal",
        "fans cheered when the team won the league",
        "the coach changed the striker in the second half of the game",
        "the defence let in a goal and the team lost the cup",
        "players passed the ball quickly in the second half",
        "the referee stopped the game when the ball left the pitch",
        "the keeper kicked the ball across the pitch to the striker",
        "the season ends with a cup final between the best teams",
        "the telescope observed a distant galaxy full of young stars",
        "a comet passed the sun and its tail pointed away from the star",
        "astronomers measured the orbit of a planet around a distant star",
        "the galaxy contains billions of stars and clouds of gas",
        "the moon orbits the planet and reflects light of the sun",
        "a telescope in orbit sees light that the atmosphere absorbs",
        "gas and dust around the star form a new planet",
        "the black hole bends light from stars behind it",
        "astronomers found a planet with an atmosphere of gas",
        "the sun is a star in the outer part of our galaxy",
        "a supernova is the explosion of a massive star",
        "the comet is made of ice and dust from the outer orbit",
        "light from the galaxy takes millions of years to reach the telescope",
        "the moon moved in front of the sun during the eclipse",
    ];

    /// <summary>The texts as rows with their label.</summary>
    public static IEnumerable<Document> Documents()
        => All.Select((text, i) => new Document { Text = text, Label = Labels[i / 14] });

    public sealed class Document
    {
        public string Text { get; set; } = "";

        public string Label { get; set; } = "";
    }

    public sealed class Prediction
    {
        public float[] Topics { get; set; } = [];

        public string PredictedLabel { get; set; } = "";
    }
}
