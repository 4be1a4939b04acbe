using Cnn.Layers.Data.Digits;
using Cnn.Proto.Formats.Images;

namespace Cnn.Tests.Models;

/// <summary>A folder of images in ten classes that the test draws: five digits and five shapes, PNG and JPEG.</summary>
internal static class DrawnImages
{
    private static readonly string[] Shapes = ["cross", "disc", "ring", "square", "triangle"];

    /// <summary>Writes the images.</summary>
    /// <param name="folder">The folder to create.</param>
    /// <param name="each">Images of each class.</param>
    public static void Write(string folder, int each)
    {
        var random = new Random(1);
        ulong key = DigitRenderer.Key(1);
        var drawn = new int[5];
        for (ulong i = 0; drawn.Min() < each; i++)
        {
            int digit = DigitRenderer.Label(key, i);
            if (digit < drawn.Length && drawn[digit] < each)
            {
                var ink = new byte[DigitRenderer.Side * DigitRenderer.Side];
                DigitRenderer.Draw(key, i, ink);
                Save(folder, $"digit{digit}", drawn[digit]++, random, (x, y, size) =>
                    ink[(y * DigitRenderer.Side / size * DigitRenderer.Side) + (x * DigitRenderer.Side / size)]);
            }
        }

        foreach (string shape in Shapes)
        {
            for (int i = 0; i < each; i++)
            {
                double cx = 0.4 + (0.2 * random.NextDouble()), cy = 0.4 + (0.2 * random.NextDouble());
                double radius = 0.2 + (0.15 * random.NextDouble());
                Save(folder, shape, i, random, (x, y, size) =>
                    IsInside(shape, (((x + 0.5) / size) - cx) / radius, (((y + 0.5) / size) - cy) / radius) ? 255 : 0);
            }
        }
    }

    // x and y are relative to the shape's centre and size.
    private static bool IsInside(string shape, double x, double y) => shape switch
    {
        "cross" => Math.Max(Math.Abs(x), Math.Abs(y)) < 1 && Math.Min(Math.Abs(x), Math.Abs(y)) < 0.3,
        "disc" => (x * x) + (y * y) < 1,
        "ring" => (x * x) + (y * y) is > 0.4 and < 1,
        "square" => Math.Max(Math.Abs(x), Math.Abs(y)) < 0.9,
        _ => y < 0.8 && y > -0.8 + (1.8 * Math.Abs(x)),
    };

    // Ink of one colour on paper of another, with a little noise.
    private static void Save(string folder, string name, int number, Random random, Func<int, int, int, int> ink)
    {
        int size = random.Next(40, 80);
        var image = new PlanarImage();
        image.SetSize(3, size, size);
        for (int c = 0; c < 3; c++)
        {
            int paper = random.Next(0, 90), colour = random.Next(150, 256);
            for (int y = 0; y < size; y++)
            {
                for (int x = 0; x < size; x++)
                {
                    int value = paper + ((colour - paper) * ink(x, y, size) / 255) + random.Next(-8, 9);
                    image.Plane(c)[(y * size) + x] = (byte)Math.Clamp(value, 0, 255);
                }
            }
        }

        string extension = number % 2 == 0 ? "png" : "jpg";
        string of = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        File.WriteAllBytes(Path.Combine(of, $"{number:D3}.{extension}"), ImageEncoder.Encode(image, extension));
    }
}
