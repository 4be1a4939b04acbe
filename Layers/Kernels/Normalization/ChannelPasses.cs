using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>Runs an <see cref="IChannelPass"/> over [images, channels, inner].</summary>
/// <remarks>
/// A part is a channel, or several small ones: it sums a channel and computes its values while they are still in the
/// cache. Where there are few channels, a part is a piece of one instead: all pieces are summed first, and the pieces'
/// sums are added in order.
/// </remarks>
internal static unsafe class ChannelPasses
{
    private const int PieceValues = 2 * ElementParts.Size;

    // Fewer parts leave threads without work, which costs more than reading the values twice.
    private const int EnoughParts = 32;

    /// <summary>Runs the passes.</summary>
    public static void Run<T>(ref T pass, int images, int channels, int inner, WorkerPool pool)
        where T : struct, IChannelPass
    {
        if (channels == 1)
        {
            (images, inner) = (1, checked(images * inner));
        }

        long values = (long)images * inner;
        int lanes = inner == 1 && channels > 1 ? ChannelPiece.MaxLanes : 1;
        int groups = (channels + lanes - 1) / lanes;
        int groupsPerPart = (int)Math.Clamp(ElementParts.Size / Math.Max(1, values * lanes), 1, Math.Max(1, groups));
        int parts = (groups + groupsPerPart - 1) / groupsPerPart;
        long pieces = parts >= EnoughParts ? 1 : Math.Max(1, values * lanes * groupsPerPart / PieceValues);
        var job = new Job<T>
        {
            Pass = pass, Channels = channels, Inner = inner, Values = values, Lanes = lanes,
            GroupsPerPart = groupsPerPart, Pieces = (int)pieces, DoesSum = pass.HasSums, DoesCompute = pass.HasValues,
        };
        if (pieces == 1 || !pass.HasSums)
        {
            pool.Run(checked((int)(parts * pieces)), ref job);
            return;
        }

        job.DoesCompute = false;
        job.Partials = (double*)pool.Scratch(0, ScratchSlot.Partials, 4L * pieces * channels);
        pool.Run(checked((int)(parts * pieces)), ref job);
        AddPieces(ref pass, job.Partials, (int)pieces, channels);
        (job.DoesSum, job.DoesCompute) = (false, pass.HasValues);
        if (pass.HasValues)
        {
            pool.Run(checked((int)(parts * pieces)), ref job);
        }
    }

    private static void AddPieces<T>(ref T pass, double* partials, int pieces, int channels)
        where T : struct, IChannelPass
    {
        for (int c = 0; c < channels; c++)
        {
            double first = 0, second = 0;
            for (int piece = 0; piece < pieces; piece++)
            {
                double* sums = partials + (2 * (((nint)piece * channels) + c));
                first += sums[0];
                second += sums[1];
            }

            pass.Finish(c, first, second);
        }
    }

    private struct Job<T> : IParallelJob
        where T : struct, IChannelPass
    {
        public T Pass;
        public int Channels, Inner, Lanes, GroupsPerPart, Pieces;
        public long Values;
        public bool DoesSum, DoesCompute;
        public double* Partials;

        public readonly void Run(int part, int worker)
        {
            int number = part % Pieces, first = part / Pieces * GroupsPerPart * Lanes;
            int end = (int)Math.Min(Channels, first + ((long)GroupsPerPart * Lanes));
            for (int c = first; c < end; c += Lanes)
            {
                Group(c, number);
            }
        }

        private readonly void Group(int channel, int number)
        {
            var piece = new ChannelPiece(
                Channels, Inner, channel, Math.Min(Lanes, Channels - channel), Values * number / Pieces,
                Values * (number + 1) / Pieces);
            if (DoesSum)
            {
                double* own = stackalloc double[2 * ChannelPiece.MaxLanes];
                double* sums = Partials == null ? own : Partials + (2 * (((nint)number * Channels) + channel));
                Pass.Sum(piece, sums);
                for (int lane = 0; lane < piece.Lanes && Partials == null; lane++)
                {
                    Pass.Finish(channel + lane, sums[2 * lane], sums[(2 * lane) + 1]);
                }
            }

            if (DoesCompute)
            {
                Pass.Compute(piece);
            }
        }
    }
}
