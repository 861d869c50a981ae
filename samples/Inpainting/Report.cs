namespace Inpainting;

/// <summary>The pictures beside each other, in one HTML file that refers to nothing outside itself.</summary>
internal static class Report
{
    public static void Write(string path, string introduction, IEnumerable<(string Title, string Note, Picture Picture)> pictures)
    {
        var figures = pictures.Select(p => $"""
            <figure><figcaption>{p.Title}</figcaption><img src="{p.Picture.ToDataUri()}" alt="{p.Title}"><p>{p.Note}</p></figure>
            """);
        File.WriteAllText(path, $$"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Half of a picture, restored</title>
            <style>
            :root { color: #1c2733; background: #f4f6f8; font: 15px/1.45 system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
            body { max-width: 1180px; margin: 0 auto; padding: 24px; }
            h1 { margin: 0; font-size: 28px; }
            section { display: flex; flex-wrap: wrap; gap: 24px; background: #fff; border: 1px solid #dde3e8; border-radius: 8px; padding: 20px; margin: 18px 0; }
            figure { margin: 0; flex: 1 1 340px; max-width: 520px; }
            figure img { width: 100%; image-rendering: pixelated; }
            figure p, header p { color: #5a6875; margin: 4px 0 0; }
            figcaption { font-weight: 600; margin-bottom: 6px; }
            </style>
            </head>
            <body>
            <header><h1>Half of a picture, restored</h1><p>{{introduction}}</p></header>
            <section>
            {{string.Join('\n', figures)}}
            </section>
            </body>
            </html>
            """);
    }
}
