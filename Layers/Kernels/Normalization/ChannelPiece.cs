using System.Runtime.CompilerServices;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// Values of one channel of [images, channels, inner], counted across the images; or, where inner is 1, of several
/// adjacent channels, whose values lie side by side.
/// </summary>
/// <param name="Channels">Channels of the array.</param>
/// <param name="Inner">Values of a channel in an image.</param>
/// <param name="Channel">The first channel.</param>
/// <param name="Lanes">The number of channels: 1, or up to 16 where inner is 1.</param>
/// <param name="From">The first value of each of the channels.</param>
/// <param name="Until">The end of the values.</param>
internal readonly record struct ChannelPiece(
    int Channels, int Inner, int Channel, int Lanes, long From, long Until)
{
    /// <summary>The largest number of channels side by side: those of a vector.</summary>
    public const int MaxLanes = 16;

    /// <summary>Whether all values belong to one channel.</summary>
    public bool IsOneChannel => Lanes == 1;

    /// <summary>Returns the stretches of the piece in which values are adjacent in memory.</summary>
    public RunList Runs() => new(this);

    /// <summary>Goes through a piece, stretch by stretch.</summary>
    internal struct RunList
    {
        private readonly int inner, lanes;
        private readonly nint step;
        private nint image;
        private long left;
        private int offset;

        /// <summary>Starts before the first stretch.</summary>
        public RunList(ChannelPiece piece)
        {
            (inner, lanes) = (Math.Max(1, piece.Inner), piece.Lanes);
            (long first, long beyond) = Math.DivRem(piece.From, inner);
            step = (nint)piece.Channels * inner;
            image = ((nint)first * step) + ((nint)piece.Channel * inner);
            offset = (int)beyond;
            left = piece.Until - piece.From;
        }

        /// <summary>The index of the stretch's first value in the array.</summary>
        public nint At { get; private set; }

        /// <summary>The number of values, those of all channels together.</summary>
        public int Count { get; private set; }

        /// <summary>Goes to the next stretch; false after the last.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Next()
        {
            if (left <= 0)
            {
                return false;
            }

            int length = (int)Math.Min(inner - offset, left);
            (At, Count) = (image + offset, length * lanes);
            image += step;
            left -= length;
            offset = 0;
            return true;
        }
    }
}
