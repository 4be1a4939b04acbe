using System.Globalization;
using Cnn.Proto;

namespace Cnn.Runner.Commands.Support;

/// <summary>The value of <c>--resize</c> and <c>--canvas</c>: columns and rows, such as 256x256.</summary>
internal static class ImageSizeText
{
    /// <summary>Reads the value; null where the option is not given.</summary>
    /// <param name="text">The value.</param>
    /// <param name="option">The option's name, for the error.</param>
    /// <exception cref="CnnException">It is not two numbers above 0.</exception>
    public static (int Height, int Width)? Parse(string? text, string option = "--resize")
    {
        if (text is null)
        {
            return null;
        }

        string[] sides = text.Split('x', 'X');
        return sides.Length == 2 && TryParse(sides[0], out int width) && TryParse(sides[1], out int height)
            ? (height, width)
            : throw new CnnException($"{option} is '{text}', it must be columns and rows, such as 256x256");

        static bool TryParse(string side, out int pixels) =>
            int.TryParse(side, NumberStyles.None, CultureInfo.InvariantCulture, out pixels) && pixels > 0;
    }
}
