using System.Text;
using Cnn.Campaigns.Fuzz.Readers;

namespace Cnn.Campaigns.Fuzz.Mutations;

/// <summary>Makes inputs out of others by what is known of a reader's format.</summary>
internal sealed class Mutator
{
    private const int MostDamages = 8;

    private readonly FuzzReader reader;
    private readonly byte[][] words;

    /// <param name="reader">The reader.</param>
    public Mutator(FuzzReader reader)
    {
        this.reader = reader;
        words = [.. reader.Words.Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>Returns a damaged copy of an input.</summary>
    /// <param name="input">The input.</param>
    /// <param name="other">Another one, from which pieces are taken.</param>
    /// <param name="random">Chooses.</param>
    public byte[] Create(byte[] input, byte[] other, Random random)
    {
        byte[] made = input;
        int damages = random.Next(3) == 0 ? 1 + random.Next(MostDamages) : 1;
        for (int i = 0; i < damages; i++)
        {
            made = Once(made, other, random);
        }

        if (reader.Sign is { } sign && random.Next(4) > 0)
        {
            made = sign(made);
        }

        return made.Length <= reader.Longest ? made : made[..reader.Longest];
    }

    private byte[] Once(byte[] input, byte[] other, Random random)
    {
        if (reader.Inside is { } inside && random.Next(4) > 0)
        {
            return inside(input, random);
        }

        if (reader.Message is { } type && random.Next(8) is var choice && choice > 1)
        {
            return choice > 4 ? MessageMutations.Apply(input, type, words, random) : WireMutations.Apply(input, random);
        }

        if (reader.IsText && random.Next(4) > 0)
        {
            return TextMutations.Apply(input, other, words, random);
        }

        var bytes = new List<byte>(input);
        if (!reader.IsText && random.Next(3) == 0)
        {
            IReadOnlyList<(int, int)> places = reader.Numbers?.Invoke(input) ?? SizePlaces.Guess(input);
            if (places.Count > 0)
            {
                ByteMutations.ChangeNumber(bytes, places[random.Next(places.Count)], random);
                return [.. bytes];
            }
        }

        ByteMutations.Apply(bytes, other, words, random);
        return [.. bytes];
    }
}
